import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { closeApp } from "../../src/instance/open-app"
import { openStore } from "../../src/store/sqlite"
import { allow, asks, delegation, type Entry, held, idle, noted, task } from "../helper/delegation"
import { script } from "../helper/script"
import { testServer } from "../helper/server"

const model = { providerID: "demo", modelID: "script" }
const time = { start: expect.any(Number), end: expect.any(Number) }
/** What a subagent says, with what the demo model shall answer when it is told. */
const FOUND = 'Found. @@script ["Noted."]'
const completed = (child: string, text = FOUND) =>
  `<task id="${child}" state="completed">\n<task_result>\n${text}\n</task_result>\n</task>`
const failed = (child: string, text: string) =>
  `<task id="${child}" state="error">\n<task_error>\n${text}\n</task_error>\n</task>`

const rolesOf = (messages: Entry[]) => messages.map(({ info }) => info.role)
const textOf = (entry: Entry | undefined) => entry?.parts.findLast(({ type }) => type === "text")?.text
const callsOf = (messages: Entry[]) => messages.flatMap(({ parts }) => parts).filter(({ type }) => type === "tool")

describe("a subagent that is sent to the background", () => {
  test("ends its call at once, and its session goes on without it; what it answers is answered when it comes", async () => {
    await using it = await delegation([task("Look", [held], FOUND)], ["Going on."])
    const [child = ""] = it.children
    expect(await it.detach()).toMatchObject({ status: 200, body: true })
    expect((await it.answer).body.parts[1]).toMatchObject({ type: "text", text: "Going on." })
    expect(await it.status()).toEqual({ [child]: { type: "busy" } })
    expect(callsOf(await it.messages())[0].state).toEqual({
      status: "completed",
      input: task("Look", [held], FOUND).input,
      title: "Look",
      output: expect.stringMatching(
        new RegExp(`^<task id="${child}" state="running">\n<task_result>\n.+\n</task_result>\n</task>$`),
      ),
      metadata: { parentSessionId: it.id, sessionId: child, model, background: true, truncated: false },
      time,
    })
    // There is nothing more to let go of.
    expect((await it.detach()).body).toBe(false)

    await allow(it, child)
    await idle(it, it.id, 2)
    const messages = await it.messages()
    expect(rolesOf(messages)).toEqual(["user", "assistant", "assistant", "user", "assistant"])
    const [prompt, , , note, last] = messages
    expect(note).toEqual({
      info: {
        id: note?.info.id,
        sessionID: it.id,
        role: "user",
        time: { created: expect.any(Number) },
        agent: "build",
        model: prompt?.info.model,
        summary: { diffs: [] },
      },
      parts: [
        {
          id: note?.parts[0].id,
          sessionID: it.id,
          messageID: note?.info.id,
          type: "text",
          text: completed(child),
          synthetic: true,
        },
      ],
    })
    expect(last?.info).toMatchObject({ parentID: note?.info.id, agent: "build", finish: "stop" })
    expect(textOf(last)).toBe("Noted.")
    expect(await it.status()).toEqual({})
    expect(it.heard("session.error")).toEqual([])
    expect(it.heard("session.idle").map(({ properties }) => properties.sessionID)).toEqual([it.id, child, it.id])
  })

  test("has agent, model and variant of the last prompt for its answer, which the session itself keeps too", async () => {
    await using it = await delegation([task("Look", [held], FOUND)], ["Going on."])
    await it.detach()
    await it.answer
    const prompt = { ...script("Planned."), agent: "plan", model, variant: "high" }
    await it.call("POST", `/session/${it.id}/message`, prompt)
    await allow(it, it.children[0]!)
    await idle(it, it.id, 3)
    const [note, last] = (await it.messages()).slice(-2)
    expect(note?.info).toMatchObject({ agent: "plan", model: { ...model, variant: "high" } })
    expect(last?.info).toMatchObject({ agent: "plan", variant: "high", parentID: note?.info.id })
  })

  test("goes there with all the others of its session, and each is told", async () => {
    const tasks = [task("One", [held], FOUND), task("Two", [held], FOUND)]
    await using it = await delegation(tasks, ["Going on."])
    const [one = "", two = ""] = it.children
    expect((await it.detach()).body).toBe(true)
    await it.answer
    expect(callsOf(await it.messages()).map(({ state }) => state.metadata.background)).toEqual([true, true])
    expect(await it.status()).toEqual({ [one]: { type: "busy" }, [two]: { type: "busy" } })

    await allow(it, two)
    await idle(it, it.id, 2)
    expect(await it.status()).toEqual({ [one]: { type: "busy" } })
    await allow(it, one)
    await idle(it, it.id, 3)
    const texts = (await it.messages()).slice(3).map(textOf)
    expect(texts).toEqual([completed(two), "Noted.", completed(one), "Noted."])
    expect(await it.status()).toEqual({})
  })

  test("is told to the run that is under way", async () => {
    await using it = await delegation([task("Look", [held], FOUND)], [[held], "Going on."])
    await it.detach()
    await asks(it, it.id)
    await allow(it, it.children[0]!)
    await noted(it, it.id)
    expect(await it.status()).toEqual({ [it.id]: { type: "busy" } })
    await allow(it, it.id)
    expect(textOf((await it.answer).body)).toBe("Noted.")
    const messages = await it.messages()
    expect(rolesOf(messages)).toEqual(["user", "assistant", "assistant", "user", "assistant"])
    expect(textOf(messages[3])).toBe(completed(it.children[0]!))
    expect(it.heard("session.idle")).toHaveLength(2)
  })

  test("is told when it fails", async () => {
    const message = 'Broken. @@script ["Noted."]'
    await using it = await delegation([task("Look", [held], { error: { status: 400, message } })], ["Going on."])
    await it.detach()
    await it.answer
    await allow(it, it.children[0]!)
    await idle(it, it.id, 2)
    const [note, last] = (await it.messages()).slice(-2)
    expect(textOf(note)).toBe(failed(it.children[0]!, message))
    expect(textOf(last)).toBe("Noted.")
    expect(it.heard("session.error").map(({ properties }) => properties.sessionID)).toEqual([it.children[0]!])
  })

  test("lives on when its session is aborted, and wakes it when it is done", async () => {
    await using it = await delegation([task("Look", [held], FOUND)], [[held], "never"])
    const [child = ""] = it.children
    await it.detach()
    await asks(it, it.id)
    await it.call("POST", `/session/${it.id}/abort`)
    expect((await it.answer).body.info.error.name).toBe("MessageAbortedError")
    expect(await it.status()).toEqual({ [child]: { type: "busy" } })
    // Idle, too, there is nothing that an abort of the session would reach.
    await it.call("POST", `/session/${it.id}/abort`)
    expect(await it.status()).toEqual({ [child]: { type: "busy" } })

    await allow(it, child)
    await idle(it, child)
    await it.waitFor(
      ({ type, properties }) =>
        type === "message.updated" &&
        "info" in properties &&
        "finish" in properties.info &&
        properties.info.sessionID === it.id &&
        properties.info.finish === "stop",
    )
    const [note, last] = (await it.messages()).slice(-2)
    expect(textOf(note)).toBe(completed(child))
    expect(textOf(last)).toBe("Noted.")
  })
})

describe("a subagent that is stopped in the background", () => {
  test.each([
    ["aborted", "POST", "/abort"],
    ["deleted", "DELETE", ""],
  ])("because it is %s is told to its session, which does not begin to work for that", async (_, method, path) => {
    await using it = await delegation([task("Look", [held], "never")], ["Going on."])
    const [child = ""] = it.children
    await it.detach()
    await it.answer
    expect((await it.call(method, `/session/${child}${path}`)).body).toBe(true)
    await noted(it, it.id)
    expect(await it.status()).toEqual({})
    const messages = await it.messages()
    expect(rolesOf(messages)).toEqual(["user", "assistant", "assistant", "user"])
    expect(textOf(messages[3])).toBe(failed(child, "Aborted"))
    expect(it.heard("session.idle").filter(({ properties }) => properties.sessionID === it.id)).toHaveLength(1)
    expect((await it.call("GET", "/permission")).body).toEqual([])
  })

  test("between two tries to reach its model is told as stopped too", async () => {
    const refused = { error: { status: 503, headers: { "retry-after": "60" } } }
    await using it = await delegation([task("Look", [held], { attempts: [refused, "never"] })], ["Going on."])
    const [child = ""] = it.children
    await it.detach()
    await it.answer
    await allow(it, child)
    await it.waitFor((event) => event.type === "session.status" && event.properties.status.type === "retry")
    await it.call("POST", `/session/${child}/abort`)
    await noted(it, it.id)
    expect(textOf((await it.messages()).at(-1))).toBe(failed(child, "Aborted"))
    expect(await it.status()).toEqual({})
  })

  test("because its session is deleted is told to nobody", async () => {
    await using it = await delegation([task("Look", [held], "never")], ["Going on."])
    const [child = ""] = it.children
    await it.detach()
    await it.answer
    const told = it.heard("message.updated").length
    expect((await it.call("DELETE", `/session/${it.id}`)).body).toBe(true)
    for (const id of [it.id, child]) expect((await it.call("GET", `/session/${id}`)).status).toBe(404)
    expect(await it.status()).toEqual({})
    const later = it.heard("message.updated").slice(told)
    expect(later.filter(({ properties }) => properties.sessionID === it.id)).toEqual([])
    expect(it.log.filter((line) => /"(WARN|ERROR)"/.test(line))).toEqual([])
  })

  test("because its instance is disposed leaves a note", async () => {
    await using it = await delegation([task("Look", [held], "never")], ["Going on."])
    const [child = ""] = it.children
    await it.detach()
    await it.answer
    expect((await it.call("POST", "/instance/dispose")).body).toBe(true)
    expect(await it.status()).toEqual({})
    const messages = await it.messages()
    expect(rolesOf(messages)).toEqual(["user", "assistant", "assistant", "user"])
    expect(textOf(messages[3])).toBe(failed(child, "Aborted"))
    expect(it.log.filter((line) => /"(WARN|ERROR)"/.test(line))).toEqual([])
  })

  test("because the server ends leaves a note too", async () => {
    await using it = await delegation([task("Look", [held], "never")], ["Going on."])
    await it.detach()
    await it.answer
    await closeApp(it.app)
    const store = await openStore(join(it.app.paths.data, "server.db"), { now: Date.now })
    expect(textOf((await store.listMessages(it.id)).at(-1))).toBe(failed(it.children[0]!, "Aborted"))
    await store.close()
  })

  test("as long as it is waited for, fails its call", async () => {
    await using it = await delegation([task("Look", [held], "never")], ["Going on."])
    const [child = ""] = it.children
    await it.call("POST", `/session/${child}/abort`)
    await it.answer
    const [call] = callsOf(await it.messages())
    expect(call.state).toMatchObject({ status: "error", error: `Subagent failed (task_id: ${child}): Aborted` })
    expect(rolesOf(await it.messages())).toEqual(["user", "assistant", "assistant"])
  })
})

test("a session that was reverted meanwhile only keeps what comes, so that the revert can be undone", async () => {
  await using it = await delegation([task("Look", [held], FOUND)], ["Going on."])
  await it.detach()
  await it.answer
  const [prompt] = await it.messages()
  await it.call("POST", `/session/${it.id}/revert`, { messageID: prompt?.info.id })
  await allow(it, it.children[0]!)
  await noted(it, it.id)
  expect(await it.status()).toEqual({})
  expect((await it.call("POST", `/session/${it.id}/unrevert`)).body.revert).toBeUndefined()
  const messages = await it.messages()
  expect(rolesOf(messages)).toEqual(["user", "assistant", "assistant", "user"])
  expect(textOf(messages[3])).toBe(completed(it.children[0]!))
})

test("a subtask of a prompt is sent to the background like a call of the model", async () => {
  await using it = await testServer({ config: { permission: { bash: "ask" } } })
  const { id } = (await it.call("POST", "/session", { title: "Parent" })).body
  const { description, prompt } = task("Look", [held], FOUND).input
  const parts = [{ type: "subtask", agent: "general", description, prompt }]
  const answer = it.call("POST", `/session/${id}/message`, { parts })
  const { properties } = await it.waitFor("permission.asked")
  const child = properties.sessionID
  expect((await it.call("POST", `/experimental/session/${id}/background`)).body).toBe(true)
  expect((await answer).body.info).toMatchObject({ agent: "build", finish: "stop" })
  const messages: Entry[] = (await it.call("GET", `/session/${id}/message`)).body
  expect(callsOf(messages)[0].state).toMatchObject({ status: "completed", metadata: { background: true } })
  // Nobody asks the model to read a report that is not there yet.
  expect(rolesOf(messages).filter((role) => role === "user")).toHaveLength(1)

  await allow(it, child)
  await idle(it, id, 2)
  expect(textOf((await it.call("GET", `/session/${id}/message`)).body.at(-1))).toBe("Noted.")
})

describe("POST /experimental/session/:sessionID/background", () => {
  test("is false where nothing is waited for", async () => {
    await using it = await testServer({ config: { permission: { bash: "ask" } } })
    const { id } = (await it.call("POST", "/session", {})).body
    const detach = () => it.call("POST", `/experimental/session/${id}/background`)
    expect(await detach()).toMatchObject({ status: 200, body: false })
    const answer = it.call("POST", `/session/${id}/message`, script([held], "Done."))
    await asks(it, id)
    expect((await detach()).body).toBe(false)
    await allow(it, id)
    expect((await answer).body.info.finish).toBe("stop")
  })

  test.each([
    ["ses_unknown", 404],
    ["none", 400],
  ])("answers a session %s with %i", async (id, status) => {
    await using it = await testServer({ git: false })
    expect((await it.call("POST", `/experimental/session/${id}/background`)).status).toBe(status)
  })
})

describe("subagents in the background", () => {
  const flag = "OPENCODE_EXPERIMENTAL_BACKGROUND_SUBAGENTS"
  test.each([
    [{}, false],
    [{ [flag]: "1" }, true],
    [{ OPENCODE_EXPERIMENTAL: "true" }, true],
    [{ [flag]: "0", OPENCODE_EXPERIMENTAL: "1" }, false],
  ])("with %j are offered to clients and models: %p", async (env, offered) => {
    await using it = await testServer({ git: false, env })
    expect((await it.call("GET", "/experimental/capabilities")).body).toEqual({ backgroundSubagents: offered })
    const tools = (await it.call("GET", "/experimental/tool?provider=demo&model=script")).body
    const { description, parameters } = tools.find((tool: { id: string }) => tool.id === "task")
    expect(description.includes("`background: true`")).toBe(offered)
    expect(Object.keys(parameters.properties).includes("background")).toBe(offered)
    expect(parameters.required).toEqual(["description", "prompt", "subagent_type"])
  })

  test("begin there when the model says so", async () => {
    const { input, tool } = task("Look", [held], FOUND)
    await using it = await delegation([{ tool, input: { ...input, background: true } }], ["Going on."], { [flag]: "1" })
    expect(textOf((await it.answer).body)).toBe("Going on.")
    expect(callsOf(await it.messages())[0].state.metadata).toMatchObject({ background: true })
    await allow(it, it.children[0]!)
    await idle(it, it.id, 2)
    expect(textOf((await it.messages()).at(-1))).toBe("Noted.")
  })

  test("are waited for when the model says so without having been offered it", async () => {
    const { input, tool } = task("Look", [held], "Found.")
    await using it = await delegation([{ tool, input: { ...input, background: true } }], ["Going on."])
    expect(await it.status()).toMatchObject({ [it.id]: { type: "busy" } })
    await allow(it, it.children[0]!)
    await it.answer
    expect(callsOf(await it.messages())[0].state.output).toBe(completed(it.children[0]!, "Found."))
    expect((await it.detach()).body).toBe(false)
  })
})

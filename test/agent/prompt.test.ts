import { describe, expect, test } from "bun:test"
import { isUnderWay } from "../helper/calls"
import { script } from "../helper/script"
import { testServer } from "../helper/server"
import { newSession } from "../helper/session"

describe("POST /session/:id/message", () => {
  test("streams, stores and answers one step", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const usage = { input: 120, output: 30, reasoning: 10, cached: 40 }
    const answer = await it.call(
      "POST",
      `/session/${id}/message`,
      script({ do: [{ reasoning: "Hm." }, "Hello."], usage }),
    )
    const tokens = { input: 80, output: 20, reasoning: 10, cache: { read: 40, write: 0 }, total: 150 }

    expect(answer.status).toBe(200)
    expect(answer.body.info).toMatchObject({
      role: "assistant",
      sessionID: id,
      agent: "build",
      mode: "build",
      providerID: "demo",
      modelID: "script",
      path: { cwd: it.directory, root: it.directory },
      finish: "stop",
      cost: 0,
      tokens,
    })
    const [start, reasoning, text, finish] = answer.body.parts
    expect(answer.body.parts).toHaveLength(4)
    expect(start).toMatchObject({ type: "step-start", snapshot: expect.stringMatching(/^[0-9a-f]{40}$/) })
    expect(reasoning).toMatchObject({ type: "reasoning", text: "Hm." })
    expect(text).toMatchObject({
      type: "text",
      text: "Hello.",
      time: { start: expect.any(Number), end: expect.any(Number) },
    })
    expect(finish).toMatchObject({ type: "step-finish", reason: "stop", snapshot: start.snapshot, tokens })

    const list = await it.call("GET", `/session/${id}/message`)
    expect(list.body).toHaveLength(2)
    expect(list.body[1]).toEqual(answer.body)
    const session = (await it.call("GET", `/session/${id}`)).body
    expect(session).toMatchObject({ agent: "build", model: { id: "script", providerID: "demo", variant: "default" } })
    expect(session.tokens).toEqual({ input: 80, output: 20, reasoning: 10, cache: { read: 40, write: 0 } })
  })

  test("publishes each state of a part once, its text as deltas, and idle before the answer", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    await it.call("POST", `/session/${id}/message`, script({ do: ["One two three."], chunk: 5 }))
    const told = it.events.map(({ type }) => type)

    expect(it.heard("message.part.delta").map(({ properties }) => properties.delta)).toEqual(["One t", "wo th", "ree."])
    const parts = it.heard("message.part.updated").map(({ properties: { part } }) => part)
    expect(parts.map((part) => (part.type === "text" ? part.text.slice(0, 8) : part.type))).toEqual([
      "@@script",
      "step-start",
      "",
      "One two ",
      "step-finish",
    ])
    expect(told.filter((type) => type === "session.idle")).toHaveLength(1)
    expect(told.lastIndexOf("session.idle")).toBeGreaterThan(told.lastIndexOf("message.part.updated"))
    expect(it.heard("session.error")).toEqual([])
  })

  test("runs the tools of a step side by side and goes on with their results", async () => {
    await using it = await testServer({ files: { "a.txt": "alpha\n", "b.txt": "beta\n" } })
    const id = await newSession(it)
    const read = (name: string) => ({ tool: "read", input: { filePath: `${it.directory}/${name}` } })
    const answer = await it.call("POST", `/session/${id}/message`, script([read("a.txt"), read("b.txt")], "Read both."))
    expect(answer.body.parts[1]).toMatchObject({ type: "text", text: "Read both." })

    const [, step, last] = (await it.call("GET", `/session/${id}/message`)).body
    expect(step.info.finish).toBe("tool-calls")
    const tools = step.parts.filter((part: { type: string }) => part.type === "tool")
    expect(tools.map(({ tool, state }: never) => [tool, (state as { status: string }).status])).toEqual([
      ["read", "completed"],
      ["read", "completed"],
    ])
    expect(tools[0].state.output).toContain("1: alpha")
    expect(last.info.parentID).toBe(step.info.parentID)
  })

  test("tells the model what is wrong with a call, and goes on", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const calls = [
      { tool: "nope", input: {} },
      { tool: "bash", raw: '{"command": ' },
      { tool: "read", input: {} },
    ]
    await it.call("POST", `/session/${id}/message`, script(calls, "Understood."))
    const [, { parts }] = (await it.call("GET", `/session/${id}/message`)).body
    const [unknown, broken, wrong] = parts.filter((part: { type: string }) => part.type === "tool")
    expect(unknown).toMatchObject({ tool: "invalid", state: { status: "completed", input: { tool: "nope" } } })
    expect(unknown.state.output).toContain("Model tried to call unavailable tool 'nope'. Available tools: ")
    expect(broken.state.input.error).toStartWith("Invalid input for tool bash: JSON parsing failed")
    expect(wrong.state).toMatchObject({
      status: "error",
      error: expect.stringContaining('Missing key\n  at ["filePath"]'),
    })
  })

  test("stores a prompt without running it for noReply", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const answer = await it.call("POST", `/session/${id}/message`, {
      noReply: true,
      parts: [{ type: "text", text: "Note" }],
    })
    expect(answer.body).toMatchObject({ info: { role: "user" }, parts: [{ type: "text", text: "Note" }] })
    expect(it.heard("session.status")).toEqual([])
    expect((await it.call("GET", `/session/${id}/message`)).body).toEqual([answer.body])
  })

  test.each([
    [
      "an unknown model",
      { model: { providerID: "demo", modelID: "scrip" } },
      "Model not found: demo/scrip. Did you mean: script?",
      1,
    ],
    ["an unknown agent", { agent: "nope" }, 'Agent not found: "nope"', 0],
  ])("refuses %s with 404 and a session.error", async (_, change, message, stored) => {
    await using it = await testServer()
    const id = await newSession(it)
    const answer = await it.call("POST", `/session/${id}/message`, { ...script("x"), ...change })
    expect(answer).toMatchObject({ status: 404, body: { data: { message: expect.stringContaining(message) } } })
    expect(it.heard("session.error")).toHaveLength(1)
    expect((await it.call("GET", `/session/${id}/message`)).body).toHaveLength(stored)
    expect((await it.call("GET", "/session/status")).body).toEqual({})
  })

  test.each([
    ["a shell command", "shell", { agent: "nope", command: "true" }, 'Agent not found: "nope".'],
    ["a summary", "summarize", { providerID: "demo", modelID: "nope" }, "Model not found: demo/nope."],
    ["a slash command", "command", { command: "nope", arguments: "" }, 'Command not found: "nope".'],
  ])("refuses %s that names what there is not, with 404 and a session.error", async (_, path, body, message) => {
    await using it = await testServer()
    const id = await newSession(it)
    const answer = await it.call("POST", `/session/${id}/${path}`, body)
    expect(answer).toMatchObject({ status: 404, body: { data: { message: expect.stringContaining(message) } } })
    expect(it.heard("session.error").map((event) => event.properties)).toEqual([
      { sessionID: id, error: { name: "UnknownError", data: { message: answer.body.data.message } } },
    ])
    expect(await it.call("GET", `/session/${id}/message`)).toMatchObject({ body: [] })
    expect(it.heard("session.status")).toEqual([])
  })

  test("gives a session its title beside the first answer, and only then", async () => {
    await using it = await testServer()
    const { id, title } = (await it.call("POST", "/session")).body
    await it.call("POST", `/session/${id}/message`, script("Hello."))
    const named = await it.waitFor((event) => event.type === "session.updated" && event.properties.info.title !== title)
    expect(named).toMatchObject({ properties: { info: { id } } })
    expect((await it.call("GET", `/session/${id}`)).body.title).not.toBe(title)
  })
})

describe("a busy session", () => {
  test("takes further prompts up after the step and answers all waiting requests together", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const first = it.call(
      "POST",
      `/session/${id}/message`,
      script([{ tool: "bash", input: { command: "sleep 0.3" } }], "One."),
    )
    await it.waitFor((event) => event.type === "message.part.updated" && event.properties.part.type === "tool")
    const second = it.call("POST", `/session/${id}/message`, script("Two."))
    const [one, two] = await Promise.all([first, second])
    expect(one.body).toEqual(two.body)
    expect(one.body.parts[1]).toMatchObject({ type: "text", text: "Two." })
    expect(it.heard("session.idle")).toHaveLength(1)
  })

  test("refuses what needs an idle session with 409", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const running = it.call("POST", `/session/${id}/message`, script([{ stall: true }]))
    await it.waitFor("session.status")
    expect((await it.call("GET", "/session/status")).body).toEqual({ [id]: { type: "busy" } })
    expect(await it.call("POST", `/session/${id}/shell`, { agent: "build", command: "true" })).toMatchObject({
      status: 409,
      body: { _tag: "SessionBusyError", sessionID: id },
    })
    await it.call("POST", `/session/${id}/abort`)
    await running
  })
})

describe("POST /session/:id/abort", () => {
  test("keeps what was said, ends tools with their children, and announces idle once", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const marker = `sleep 3${Math.floor(Math.random() * 1e6)}`
    const running = it.call(
      "POST",
      `/session/${id}/message`,
      script(["Partial", { tool: "bash", input: { command: marker } }]),
    )
    await it.waitFor(isUnderWay)
    expect((await it.call("POST", `/session/${id}/abort`)).body).toBe(true)
    const { info, parts } = (await running).body
    expect(info).toMatchObject({ error: { name: "MessageAbortedError", data: { message: "Aborted" } } })
    expect(info.time.completed).toBeNumber()
    const text = parts.find((part: { type: string }) => part.type === "text")
    expect(text).toMatchObject({ text: "Partial", time: { end: expect.any(Number) } })
    const tool = parts.find((part: { type: string }) => part.type === "tool")
    expect(tool.state).toMatchObject({
      status: "completed",
      output: expect.stringContaining("User aborted the command"),
    })
    expect(it.heard("session.idle")).toHaveLength(1)
    const alive = Bun.spawnSync(["pgrep", "-f", marker]).stdout.toString()
    expect(alive).toBe("")
    expect((await it.call("POST", `/session/${id}/message`, script("Works again."))).body.parts[1].text).toBe(
      "Works again.",
    )
  })
})

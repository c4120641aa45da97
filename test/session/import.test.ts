import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { openInstance } from "../../src/instance/instance"
import { importSession, type SessionExport } from "../../src/session/import"
import { script } from "../helper/script"
import { type TestServer, testServer } from "../helper/server"

/** What `opencode export` writes. */
async function exportOf(it: TestServer, id: string): Promise<SessionExport> {
  const { share, ...info } = (await it.call("GET", `/session/${id}`)).body
  return { info, messages: (await it.call("GET", `/session/${id}/message`)).body }
}

/** A session of one turn that wrote a file, on a server of its own. */
async function finishedSession(it: TestServer, title = "Work") {
  const { id } = (await it.call("POST", "/session", { title })).body
  const write = { tool: "write", input: { filePath: join(it.directory, "made.txt"), content: "one\n" } }
  await it.call("POST", `/session/${id}/message`, script([write], "Written."))
  return { id, exported: await exportOf(it, id) }
}

const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

/** A small valid export that a test may change. */
const small = (): SessionExport => ({
  info: {
    id: "ses_small",
    slug: "calm-fox",
    projectID: "elsewhere",
    directory: "/not/here",
    title: "Small",
    version: "1.18.33",
    time: { created: 5, updated: 7 },
  },
  messages: [
    {
      info: {
        id: "msg_1",
        sessionID: "ses_small",
        role: "user",
        time: { created: 5 },
        agent: "build",
        model: { providerID: "p", modelID: "m" },
      },
      parts: [{ id: "prt_1", sessionID: "ses_small", messageID: "msg_1", type: "text", text: "Hello" }],
    },
    {
      info: {
        id: "msg_2",
        sessionID: "ses_small",
        role: "assistant",
        parentID: "msg_1",
        time: { created: 6 },
        mode: "build",
        agent: "build",
        cost: 0,
        modelID: "m",
        providerID: "p",
        path: { cwd: "/not/here", root: "/not/here" },
        tokens: { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } },
      },
      parts: [
        {
          id: "prt_2",
          sessionID: "ses_small",
          messageID: "msg_2",
          type: "tool",
          tool: "bash",
          callID: "call_1",
          state: { status: "running", input: { command: "sleep" }, time: { start: 6 } },
        },
      ],
    },
  ],
})

describe("an exported session", () => {
  test("never becomes a child of its own children", async () => {
    await using it = await testServer()
    const instance = await openInstance(it.app, it.directory)
    const { info } = small()
    await importSession(instance, { info, messages: [] })
    const child = { ...info, id: "ses_child", parentID: info.id }
    expect((await importSession(instance, { info: child, messages: [] })).parentID).toBe(info.id)
    for (const parentID of [info.id, child.id])
      expect(
        (await importSession(instance, { info: { ...info, parentID }, messages: [] }, { replace: true })).parentID,
      ).toBeUndefined()
    expect((await it.call("DELETE", `/session/${info.id}`)).body).toBe(true)
    expect((await it.call("GET", "/session")).body).toEqual([])
  })

  test("goes on in another project under its own ids, without the snapshots of the old one", async () => {
    await using old = await testServer()
    const { id, exported } = await finishedSession(old)
    await using it = await testServer({ files: { "other.txt": "x" } })
    const instance = await openInstance(it.app, it.directory)
    const session = await importSession(instance, plain(exported))

    expect(session).toMatchObject({
      id,
      title: "Work",
      directory: it.directory,
      projectID: instance.project.id,
      path: "",
    })
    expect((await it.call("GET", `/session/${id}`)).body).toEqual(plain(session))
    expect(it.heard("session.created")).toHaveLength(1)
    const messages = (await it.call("GET", `/session/${id}/message`)).body
    const texts = (each: SessionExport["messages"]) =>
      each.map(({ info, parts }) => [info.id, ...parts.filter(({ type }) => type !== "patch").map(({ id }) => id)])
    expect(texts(messages)).toEqual(texts(exported.messages))
    expect(JSON.stringify(messages)).not.toContain("snapshot")

    await it.call(
      "POST",
      `/session/${id}/message`,
      script([{ tool: "write", input: { filePath: "new.txt", content: "" } }], "Done."),
    )
    const diff = (await it.call("GET", `/session/${id}/diff`)).body
    expect(diff.map(({ file }: { file: string }) => file)).toEqual(["new.txt"])
    expect(it.log.filter((line) => line.includes('"ERROR"') || line.includes("snapshot"))).toEqual([])
  })

  test("that comes back to where it was made can still be reverted", async () => {
    await using it = await testServer()
    const { id, exported } = await finishedSession(it)
    await it.call("DELETE", `/session/${id}`)
    await importSession(await openInstance(it.app, it.directory), plain(exported))
    expect(await exportOf(it, id)).toEqual(exported)
    await it.call("POST", `/session/${id}/revert`, { messageID: exported.messages[0]?.info.id })
    expect(await Bun.file(join(it.directory, "made.txt")).exists()).toBe(false)
  })

  test("replaces one of the same id only when asked", async () => {
    await using it = await testServer()
    const instance = await openInstance(it.app, it.directory)
    await importSession(instance, small())
    const changed = small()
    changed.info.title = "Changed"
    changed.messages.pop()
    await expect(importSession(instance, changed)).rejects.toMatchObject({
      status: 409,
      message: "There is a session ses_small already: Small",
    })
    await importSession(instance, changed, { replace: true })
    expect((await it.call("GET", "/session/ses_small")).body.title).toBe("Changed")
    expect((await it.call("GET", "/session/ses_small/message")).body).toHaveLength(1)
    const types = it.events.map(({ type }) => type).filter((type) => /^session\.(created|deleted)/.test(type))
    expect(types).toEqual(["session.created", "session.deleted", "session.created"])
  })

  test("replaces none that is running", async () => {
    await using it = await testServer()
    const { id, exported } = await finishedSession(it)
    const running = it.call("POST", `/session/${id}/message`, script(["Busy now.", { stall: true }]))
    await it.waitFor((event) => event.type === "message.part.delta" && event.properties.delta.startsWith("Busy"))
    const instance = await openInstance(it.app, it.directory)
    await expect(importSession(instance, exported, { replace: true })).rejects.toMatchObject({ status: 409 })
    await it.call("POST", `/session/${id}/abort`)
    await running
  })

  test("counts as interrupted where it was still running, and belongs to nobody who is not there", async () => {
    await using it = await testServer({ git: false })
    const instance = await openInstance(it.app, it.directory)
    const data = small()
    data.info = {
      ...data.info,
      parentID: "ses_gone",
      share: { url: "https://elsewhere.example/s/abcdef" },
      workspaceID: "wrk_1",
      revert: { messageID: "msg_1", snapshot: "0".repeat(40) },
    }
    const session = await importSession(instance, data)
    expect(Object.keys(session)).not.toContainAnyValues(["parentID", "share", "workspaceID"])
    expect(session.revert).toEqual({ messageID: "msg_1" })
    const [, answer] = (await it.call("GET", "/session/ses_small/message")).body
    expect(answer.info.time).toEqual({ created: 6, completed: 6 })
    expect(answer.parts[0].state).toMatchObject({ status: "error", error: "Tool execution was interrupted" })
    expect((await it.call("POST", "/session/ses_small/unrevert")).body.revert).toBeUndefined()
  })
})

describe("refused with what is wrong:", () => {
  type Change = (data: ReturnType<typeof plain>) => unknown
  const changes: [string, Change, string][] = [
    ["no object", () => [], "Expected object"],
    ["a session without a title", (data) => delete data.info.title && data, 'at ["info"]["title"]'],
    [
      "a kind of part that is not known",
      (data) => Object.assign(data.messages[0].parts[0], { type: "hologram" }),
      "hologram",
    ],
    [
      "a message of another session",
      (data) => Object.assign(data.messages[1].info, { sessionID: "ses_other" }),
      "msg_2",
    ],
    ["a part of another message", (data) => Object.assign(data.messages[1].parts[0], { messageID: "msg_1" }), "prt_2"],
    ["an id that is there twice", (data) => Object.assign(data.messages[1].info, { id: "msg_1" }), "msg_1"],
    ["an id that is a path", (data) => Object.assign(data.info, { id: "ses_/../../etc" }), "another form"],
  ]
  test.each(changes)("%s", async (_, change, message) => {
    await using it = await testServer({ git: false })
    const instance = await openInstance(it.app, it.directory)
    const data = plain(small())
    const changed = change(data)
    const refused = importSession(instance, Array.isArray(changed) ? changed : data)
    await expect(refused).rejects.toMatchObject({ status: 400, message: expect.stringContaining(message) })
    expect((await it.call("GET", "/session")).body).toEqual([])
  })

  test("a snapshot that is an option of git is dropped", async () => {
    await using it = await testServer()
    const instance = await openInstance(it.app, it.directory)
    const data = small()
    const ids = { sessionID: "ses_small", messageID: "msg_2" }
    const snapshot = `--output=${join(it.root, "stolen")}`
    data.messages[1]?.parts.push(
      { ...ids, id: "prt_3", type: "step-start", snapshot: "0".repeat(40) },
      { ...ids, id: "prt_4", type: "patch", hash: snapshot, files: ["/etc/passwd"] },
    )
    await importSession(instance, data)
    expect((await it.call("GET", "/session/ses_small/diff")).body).toEqual([])
    const stored = (await it.call("GET", "/session/ses_small/message")).body
    expect(JSON.stringify(stored)).not.toContain("--output")

    const start = { ...ids, id: "prt_3", type: "step-start", snapshot }
    const finish = { ...ids, id: "prt_5", type: "step-finish", snapshot: "0".repeat(40), reason: "stop", cost: 0 }
    const tokens = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }
    const path = "/session/ses_small/message/msg_2/part"
    expect((await it.call("PATCH", `${path}/prt_3`, start)).status).toBe(200)
    expect((await it.call("PATCH", `${path}/prt_5`, { ...finish, tokens })).status).toBe(200)
    expect((await it.call("GET", "/session/ses_small/diff")).body).toEqual([])
    expect(await Bun.file(join(it.root, "stolen")).exists()).toBe(false)
  })
})

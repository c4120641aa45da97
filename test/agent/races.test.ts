import { expect, test } from "bun:test"
import { openInstance } from "../../src/instance/instance"
import { findRun } from "../../src/session/status"
import { isUnderWay } from "../helper/calls"
import { script } from "../helper/script"
import { type TestServer, testServer } from "../helper/server"
import { newSession } from "../helper/session"

interface Entry {
  info: { id: string; role: string; parentID?: string; error?: { name: string }; time: { completed?: number } }
  parts: { id: string; type: string; time?: { end?: number }; state: { status: string; error?: string } }[]
}

const messagesOf = async (it: TestServer, id: string) =>
  (await it.call("GET", `/session/${id}/message`)).body as Entry[]
const send = (it: TestServer, id: string, body: object) => it.call("POST", `/session/${id}/message`, body)
const slow = script([{ wait: 20 }, "Working.", { tool: "glob", input: { pattern: "*" } }], "Done.")

/** Every prompt has its answer, nothing is left open, no session is busy, and no fault was logged. */
async function expectSettled(it: TestServer, ids: string[]) {
  expect((await it.call("GET", "/session/status")).body).toEqual({})
  for (const id of ids) {
    const messages = await messagesOf(it, id)
    const answers = messages.filter(({ info }) => info.role === "assistant")
    const last = messages.findLast(({ info }) => info.role === "user")
    if (last) expect(answers.some(({ info }) => info.parentID === last.info.id)).toBe(true)
    for (const { info, parts } of answers) {
      expect(info.time.completed).toBeNumber()
      for (const part of parts) {
        if (part.type === "tool") expect(part.state.status).toBeOneOf(["completed", "error"])
        if (part.type === "text") expect(part.time?.end).toBeNumber()
      }
    }
  }
  expect(it.log.filter((line) => line.includes('"ERROR"'))).toEqual([])
}

test("many clients prompt one session and many sessions at once", async () => {
  await using it = await testServer()
  const shared = await newSession(it)
  const others = await Promise.all(Array.from({ length: 10 }, () => newSession(it)))
  const answers = await Promise.all([
    ...Array.from({ length: 10 }, () => send(it, shared, slow)),
    ...others.map((id) => send(it, id, slow)),
  ])
  for (const { status, body } of answers)
    expect({ status, finish: body.info.finish }).toEqual({ status: 200, finish: "stop" })
  expect((await messagesOf(it, shared)).filter(({ info }) => info.role === "user")).toHaveLength(10)
  await expectSettled(it, [shared, ...others])
})

test("an abort at any moment leaves the session idle and able to go on", async () => {
  await using it = await testServer()
  const ids = await Promise.all(Array.from({ length: 8 }, () => newSession(it)))
  await Promise.all(
    ids.map(async (id, index) => {
      const answer = send(it, id, slow)
      await Bun.sleep(index * 8)
      await it.call("POST", `/session/${id}/abort`)
      expect((await answer).status).toBe(200)
      expect((await send(it, id, script("Next."))).body.info.finish).toBe("stop")
    }),
  )
  await expectSettled(it, ids)
})

test("a prompt that comes while an abort takes effect is answered after it", async () => {
  await using it = await testServer()
  const id = await newSession(it)
  const command = "trap 'sleep 0.2; exit' TERM; echo begun; sleep 30 & wait"
  const first = send(it, id, script([{ tool: "bash", input: { command } }], "never"))
  await it.waitFor(isUnderWay)
  const run = findRun(await openInstance(it.app, it.directory), id)
  const stopped = new Promise((resolve) => run?.abort.signal.addEventListener("abort", resolve))
  const abort = it.call("POST", `/session/${id}/abort`)
  await stopped
  const second = await send(it, id, script("Second."))
  expect(second.body.parts[1]).toMatchObject({ type: "text", text: "Second." })
  expect((await first).body.info.error.name).toBe("MessageAbortedError")
  await abort
  await expectSettled(it, [id])
})

test("an answer reaches whoever waits for it though the session is deleted as soon as it is idle", async () => {
  await using it = await testServer()
  const id = await newSession(it)
  let deleted: Promise<unknown> | undefined
  it.app.bus.subscribe(({ event }) => {
    if (event.type === "session.idle") deleted ??= it.call("DELETE", `/session/${id}`)
  })
  // What its only step changed is summed up after it is idle.
  const write = { tool: "write", input: { filePath: `${it.directory}/new.txt`, content: "new" } }
  const format = { type: "json_schema", schema: { type: "object", properties: { n: { type: "number" } } } }
  const answer = await send(it, id, { ...script([write, { tool: "StructuredOutput", input: { n: 1 } }]), format })
  await deleted
  expect(answer).toMatchObject({ status: 200, body: { info: { structured: { n: 1 } } } })
  expect(it.heard("session.error")).toEqual([])
  await expectSettled(it, [])
})

test("a session that is deleted while it runs is gone, and nobody waits for it", async () => {
  await using it = await testServer()
  await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const id = await newSession(it)
      const answers = [send(it, id, slow), it.call("POST", `/session/${id}/prompt_async`, slow)]
      await Bun.sleep(index * 8)
      expect((await it.call("DELETE", `/session/${id}`)).status).toBe(200)
      for (const { status } of await Promise.all(answers)) expect(status).toBeOneOf([200, 204, 404])
      expect((await it.call("GET", `/session/${id}`)).status).toBe(404)
    }),
  )
  await expectSettled(it, [])
})

test("what is accepted while the instance is disposed is answered, and reading goes on", async () => {
  await using it = await testServer()
  const ids = await Promise.all(Array.from({ length: 6 }, () => newSession(it)))
  let over = false
  const disposing = (async () => {
    for (; !over; await Bun.sleep(10)) await it.call("POST", "/instance/dispose")
  })()
  const reading = Promise.all(
    ["/agent", "/session/status", "/permission", "/command", "/find/file?query=a"].map(async (path) => {
      for (let count = 0; count < 5; count++) expect((await it.call("GET", path)).status).toBeOneOf([200, 503])
    }),
  )
  const answers = await Promise.all(ids.map((id) => send(it, id, slow)))
  await reading
  over = true
  await disposing
  expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200))
  await expectSettled(it, ids)
})

test("a fork of a running session is not running", async () => {
  await using it = await testServer()
  const id = await newSession(it)
  const answer = send(it, id, script(["Begun.", { tool: "bash", input: { command: "sleep 30" } }]))
  await it.waitFor(
    ({ type, properties }) =>
      type === "message.part.updated" &&
      "part" in properties &&
      properties.part.type === "tool" &&
      properties.part.state.status === "running",
  )
  const fork = (await it.call("POST", `/session/${id}/fork`, {})).body.id
  const [, copy] = await messagesOf(it, fork)
  expect(copy?.info.error?.name).toBe("MessageAbortedError")
  expect(copy?.parts.find((part) => part.type === "tool")?.state).toMatchObject({
    status: "error",
    error: "Tool execution was interrupted",
  })
  expect((await send(it, fork, script("From here."))).body.info.finish).toBe("stop")
  await it.call("POST", `/session/${id}/abort`)
  await answer
  await expectSettled(it, [id, fork])
})

test("no revert begins between a prompt and its run", async () => {
  await using it = await testServer()
  const id = await newSession(it)
  await send(it, id, script("First."))
  const [first] = await messagesOf(it, id)
  const { parts } = script([{ wait: 50 }, "Second."])
  const files = Array.from({ length: 200 }, () => ({
    type: "file",
    mime: "text/plain",
    url: `file://${it.directory}/README.md`,
  }))
  const answer = send(it, id, { agent: "plan", parts: [...parts, ...files] })
  // The prompt is being read, but not stored yet.
  await it.waitFor(
    ({ type, properties }) => type === "session.updated" && "info" in properties && properties.info.agent === "plan",
  )
  expect((await it.call("POST", `/session/${id}/revert`, { messageID: first?.info.id })).status).toBe(409)
  expect((await answer).body.info.finish).toBe("stop")
  expect(await messagesOf(it, id)).toHaveLength(4)
  await expectSettled(it, [id])
})

test("a prompt that fails after its 204 is told", async () => {
  await using it = await testServer()
  const id = await newSession(it)
  const parts = [{ type: "file", url: "http://example.com/a.png", mime: "image/png" }]
  expect((await it.call("POST", `/session/${id}/prompt_async`, { parts })).status).toBe(204)
  const { properties } = await it.waitFor("session.error")
  expect(properties).toMatchObject({
    sessionID: id,
    error: { data: { message: expect.stringContaining("example.com") } },
  })
})

test("an abort settles what an earlier server left open", async () => {
  await using it = await testServer()
  const id = await newSession(it)
  const user = (await send(it, id, { noReply: true, parts: [{ type: "text", text: "Go." }] })).body.info.id
  const message = "msg_zz"
  const info = { id: message, sessionID: id, role: "assistant", parentID: user, time: { created: Date.now() } }
  const rest = { mode: "build", agent: "build", path: { cwd: "/", root: "/" }, cost: 0, modelID: "m", providerID: "p" }
  const tokens = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }
  const state = { status: "running", input: { command: "sleep 30" }, time: { start: 1 } }
  const part = { id: "prt_zz", sessionID: id, messageID: message, type: "tool", tool: "bash", callID: "c", state }
  await it.app.store.commit([
    { put: "message", data: { ...info, ...rest, tokens } as never },
    { put: "part", data: part as never },
  ])
  await it.call("POST", `/session/${id}/abort`)
  const settled = (await messagesOf(it, id)).at(-1)
  expect(settled).toMatchObject({
    info: { error: { name: "MessageAbortedError" }, time: { completed: expect.any(Number) } },
    parts: [{ state: { status: "error", metadata: { interrupted: true } } }],
  })
  expect(it.heard("message.part.updated").at(-1)?.properties.part.id).toBe("prt_zz")
})

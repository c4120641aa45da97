import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { connect } from "node:net"
import { type TestServer, testServer } from "../helper/server"

let it: TestServer
beforeEach(async () => {
  it = await testServer({ git: false })
})
afterEach(() => it[Symbol.asyncDispose]())

const told = () => it.events.flatMap(({ type, properties }) => (type.startsWith("tui.") ? [{ type, properties }] : []))
const call = async (path: string, body?: unknown) => (await it.call("POST", `/tui/${path}`, body)).body
const command = (name: string) => ({ type: "tui.command.execute", properties: { command: name } })

/** Waits for the next request as a client does; `stop` breaks the connection off. */
function poll() {
  const abort = new AbortController()
  const answer = fetch(`${it.url}/tui/control/next`, { signal: abort.signal }).then((response) => response.json())
  answer.catch(() => {})
  return { answer: answer as Promise<unknown>, stop: () => abort.abort() }
}

/** Settles when the server has come to what was sent, or broken off, before: it takes connections in their order. */
async function polling() {
  for (let round = 0; round < 10; round++) await it.call("GET", "/path")
}

describe("events", () => {
  test("each route tells clients what to do", async () => {
    for (const [name, expected] of [
      ["open-help", "help.show"],
      ["open-sessions", "session.list"],
      ["open-themes", "theme.list"],
      ["open-models", "model.list"],
      ["submit-prompt", "prompt.submit"],
      ["clear-prompt", "prompt.clear"],
    ] as const) {
      expect(await call(name)).toBe(true)
      expect(told().at(-1)).toEqual(command(expected) as never)
    }
    expect(await call("append-prompt", { text: "hi" })).toBe(true)
    expect(told().at(-1)).toEqual({ type: "tui.prompt.append", properties: { text: "hi" } })
    await call("show-toast", { message: "m", variant: "info" })
    await call("show-toast", { title: "t", message: "m", variant: "error", duration: 1 })
    expect(told().slice(-2)).toEqual([
      { type: "tui.toast.show", properties: { message: "m", variant: "info", duration: 5000 } },
      { type: "tui.toast.show", properties: { title: "t", message: "m", variant: "error", duration: 1 } },
    ])
  })

  test("commands are known by their old names", async () => {
    for (const name of ["session_new", "messages_half_page_up", "agent_cycle", "agent.cycle", "constructor"])
      await call("execute-command", { command: name })
    expect(told()).toEqual([
      command("session.new"),
      command("session.half.page.up"),
      command("agent.cycle"),
      { type: "tui.command.execute", properties: {} },
      { type: "tui.command.execute", properties: {} },
    ] as never)
  })

  test("a session that is selected must exist", async () => {
    const { id } = (await it.call("POST", "/session", {})).body
    expect(await call("select-session", { sessionID: id })).toBe(true)
    expect(told()).toEqual([{ type: "tui.session.select", properties: { sessionID: id } }])
    expect(await it.call("POST", "/tui/select-session", { sessionID: "ses_none" })).toMatchObject({ status: 404 })
  })

  test("of other kinds are not published", async () => {
    await call("publish", { type: "tui.command.execute", properties: { command: "anything.new" } })
    await call("publish", { type: "tui.toast.show", properties: { message: "m", variant: "success" } })
    expect(told()).toEqual([
      command("anything.new"),
      { type: "tui.toast.show", properties: { message: "m", variant: "success", duration: 5000 } },
    ] as never)
    for (const body of [{ type: "session.idle", properties: {} }, { type: "tui.prompt.append", properties: {} }, {}])
      expect((await it.call("POST", "/tui/publish", body)).status).toBe(400)
    expect(told().length).toBe(2)
  })
})

describe("control", () => {
  test("a request goes to the client that polls, and its answer to the caller", async () => {
    const { answer } = poll()
    await polling()
    const caller = call("append-prompt", { text: "hi" })
    expect(await answer).toEqual({ path: "/tui/append-prompt", body: { text: "hi" } })
    expect(await call("control/response", { body: false })).toBe(true)
    expect(await caller).toBe(false)
    expect(told()).toEqual([{ type: "tui.prompt.append", properties: { text: "hi" } }])
  })

  test("requests come one by one, in order, also while the client works", async () => {
    let { answer } = poll()
    await polling()
    const callers = ["a", "b", "c"].map((text) => call("append-prompt", { text }))
    await polling()
    const seen: unknown[] = []
    for (const response of [true, false, { any: "thing" }]) {
      seen.push(await answer)
      answer = poll().answer
      await call("control/response", response)
    }
    expect(seen).toEqual(["a", "b", "c"].map((text) => ({ path: "/tui/append-prompt", body: { text } })))
    expect(await Promise.all(callers)).toEqual([true, false, true])
  })

  test("a poll that is broken off takes no request with it", async () => {
    const first = poll()
    await polling()
    first.stop()
    await polling()
    const caller = call("open-help")
    await polling()
    expect(await poll().answer).toEqual({ path: "/tui/open-help", body: {} })
    await call("control/response", false)
    expect(await caller).toBe(false)
  })

  test("without a client nobody waits; with one that does not come back, not for long", async () => {
    const start = performance.now()
    await call("open-help")
    expect(performance.now() - start).toBeLessThan(1000)
    const { stop } = poll()
    await polling()
    stop()
    await polling()
    const again = performance.now()
    expect(await call("open-help")).toBe(true)
    expect(performance.now() - again).toBeWithin(1500, 4500)
    // Nobody is told later what was given up.
    const late = poll()
    await polling()
    const caller = call("open-models")
    expect(await late.answer).toEqual({ path: "/tui/open-models", body: {} })
    await call("control/response", true)
    expect(await caller).toBe(true)
  })

  test("a client that closes its connection after it took a request is not robbed of it", async () => {
    const socket = connect(Number(new URL(it.url).port), "127.0.0.1")
    socket.write(`GET /tui/control/next HTTP/1.1\r\nhost: ${new URL(it.url).host}\r\nconnection: close\r\n\r\n`)
    await polling()
    const caller = call("open-help")
    let text = ""
    for await (const chunk of socket) {
      text += chunk
      if (text.includes("open-help")) break
    }
    socket.destroy()
    const next = poll()
    await polling()
    await call("control/response", false)
    expect(await caller).toBe(false)
    const other = call("open-models")
    expect(await next.answer).toEqual({ path: "/tui/open-models", body: {} })
    await call("control/response", true)
    await other
  })

  test("the end of the directory ends polls and callers", async () => {
    const { answer } = poll()
    await polling()
    const caller = call("open-help")
    await answer
    const other = it.call("GET", "/tui/control/next")
    await polling()
    await it.call("POST", "/instance/dispose")
    expect(await caller).toBe(true)
    expect(await other).toMatchObject({ status: 503, body: { _tag: "InstanceDisposedError" } })
  })

  test("an answer to nothing is no fault, no answer at all is", async () => {
    expect(await call("control/response", { any: "thing" })).toBe(true)
    expect(await it.call("POST", "/tui/control/response")).toMatchObject({
      status: 400,
      body: { data: { message: "Expected JSON value, got undefined", kind: "Payload" } },
    })
  })
})

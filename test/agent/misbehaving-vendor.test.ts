import { describe, expect, test } from "bun:test"
import { type TestServer, testServer } from "../helper/server"
import { newSession } from "../helper/session"
import { chatAnswer, chatDelta, eventStream, startVendor, type Vendor } from "../helper/vendor"

interface Entry {
  info: { role: string; finish?: string; error?: { data: { message: string } }; time: { completed?: number } }
  parts: { type: string; text?: string; tool?: string; time?: { end?: number }; state: Record<string, unknown> }[]
}

/** What the vendor does with call `count` of the case, from 1. */
type Conduct = (count: number) => Response | Promise<Response>

const model = { providerID: "v", modelID: "m" }
const say = (text: string) => ({ model, parts: [{ type: "text", text }] })
const stream = (body: string | Uint8Array<ArrayBuffer>) =>
  new Response(body, { headers: { "content-type": "text/event-stream" } })
const usage = { id: "c1", choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }
const ending = (reason: string | null, delta: object = { content: "Hm." }) =>
  eventStream([chatDelta(delta), chatDelta({}, reason), usage, "[DONE]"])
const calls = (...all: [id: string | undefined, name: string | undefined, text: string][]) => ({
  tool_calls: all.map(([id, name, text], index) => ({
    index,
    id,
    type: "function",
    function: { name, arguments: text },
  })),
})
/** One step with these calls, then an answer. */
const once =
  (...all: Parameters<typeof calls>): Conduct =>
  (count) =>
    count === 1 ? ending("tool_calls", calls(...all)) : chatAnswer("Done.")

const refusals: Record<string, [Conduct, RegExp]> = {
  "bytes at random": [() => stream(new Uint8Array(4000).map((_, at) => (at * 7919) % 251)), /without a finish/],
  "text that is no event": [() => stream("no event\n\n\n{}{}"), /without a finish/],
  nothing: [() => stream(""), /without a finish/],
  "a web page": [() => new Response("<html>Login</html>", { headers: { "content-type": "text/html" } }), /web page/],
  "an error as if all was well": [() => Response.json({ error: { message: "No credit" } }), /^No credit$/],
  "a status with the error": [
    () => Response.json({ error: { message: "Paid models only", code: 402 } }),
    /^Paid models only$/,
  ],
  "JSON that is broken off": [() => stream('data: {"id": \n\n'), /JSON/],
  "another object": [() => eventStream([{ hello: 1 }]), /validation/],
  "a very long object": [() => eventStream([{ hello: "x".repeat(100_000) }]), /^.{1,20000}$/s],
  "fields of other types": [() => eventStream([chatDelta({ content: ["a"] })]), /validation/],
  "no reason of the end": [() => eventStream([chatDelta({ content: "Hi" }), "[DONE]"]), /without a finish/],
  "an error in the middle": [() => eventStream([chatDelta({ content: "Hi" }), { error: { message: "Boom" } }]), /Boom/],
  "a call without a name": [once(["c1", undefined, "{}"]), /name/],
  "a call that is cut": [() => eventStream([chatDelta(calls(["c1", "bash", '{"comm']))]), /without a finish/],
}

const oddities: Record<string, Conduct> = {
  "no usage": () => eventStream([chatDelta({ content: "Hi" }), chatDelta({}, "stop"), "[DONE]"]),
  "no text": () => ending("stop", {}),
  "NUL and half characters": () => ending("stop", { content: "a\0b\ud800" }),
  "a megabyte in one piece": () => ending("stop", { content: "x".repeat(1_000_000) }),
  "arguments that are no JSON": once(["c1", "bash", '{"command": 5']),
  "arguments that are a list": once(["c1", "bash", "[1]"]),
  "arguments that are null": once(["c1", "bash", "null"]),
  "arguments nested too deep": once(["c1", "bash", `{"command":${"[".repeat(100_000)}${"]".repeat(100_000)}}`]),
  "arguments that reach for prototypes": once(["__proto__", "bash", '{"__proto__":{"command":"echo no"}}']),
  "an empty name": once(["c1", "", "{}"]),
  "the name of a prototype": once(["c1", "__proto__", "{}"], ["c2", "constructor", "{}"]),
  "one id for two calls": once(["same", "read", '{"filePath":"README.md"}'], ["same", "glob", '{"pattern":"*"}']),
  "no id": once([undefined, "read", '{"filePath":"README.md"}']),
}

/** A server whose model `v/m` behaves as told; after the case it answers what says "again" with "Fine.". */
async function misbehaving() {
  let conduct: Conduct = () => chatAnswer("")
  let count = 0
  const vendor: Vendor = startVendor(({ body }) => {
    if (!body?.tools) return chatAnswer("A title")
    return JSON.stringify(body.messages).includes("again") ? chatAnswer("Fine.") : conduct(++count)
  })
  const options = { baseURL: vendor.url, apiKey: "key" }
  const provider = { v: { npm: "@ai-sdk/openai-compatible", options, models: { m: {} } } }
  const it = await testServer({ config: { provider, permission: { "*": "allow" } } })
  return {
    it,
    calls: () => count,
    behave(next: Conduct) {
      conduct = next
      count = 0
    },
    async [Symbol.asyncDispose]() {
      await it[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

/** Nothing of the session is left open, it is idle, and its next prompt works. */
async function expectSettled(it: TestServer, id: string) {
  expect((await it.call("GET", "/session/status")).body).toEqual({})
  for (const { info, parts } of (await it.call("GET", `/session/${id}/message`)).body as Entry[]) {
    if (info.role !== "assistant") continue
    expect(info.time.completed).toBeNumber()
    for (const part of parts) {
      if (part.type === "tool") expect(part.state.status).toBeOneOf(["completed", "error"])
      if (part.type === "text" || part.type === "reasoning") expect(part.time?.end).toBeNumber()
    }
  }
  const next = (await it.call("POST", `/session/${id}/message`, say("again"))).body as Entry
  expect(next.parts.find((part) => part.type === "text")?.text).toBe("Fine.")
  expect(it.log.filter((line) => line.includes('"ERROR"'))).toEqual([])
}

describe("a vendor", () => {
  test("that does not answer as agreed makes an error of the message", async () => {
    await using setup = await misbehaving()
    const { it } = setup
    for (const [name, [conduct, message]] of Object.entries(refusals)) {
      setup.behave(conduct)
      const id = await newSession(it)
      const { info } = (await it.call("POST", `/session/${id}/message`, say("Go."))).body as Entry
      expect({ name, message: info.error?.data.message }).toEqual({ name, message: expect.stringMatching(message) })
      expect({ name, calls: setup.calls() }).toEqual({ name, calls: 1 })
      await expectSettled(it, id)
    }
  }, 20_000)

  test("with odd habits is understood, and told what is wrong with its calls", async () => {
    await using setup = await misbehaving()
    const { it } = setup
    for (const [name, conduct] of Object.entries(oddities)) {
      setup.behave(conduct)
      const id = await newSession(it)
      const { info } = (await it.call("POST", `/session/${id}/message`, say("Go."))).body as Entry
      expect({ name, finish: info.finish, error: info.error }).toEqual({ name, finish: "stop", error: undefined })
      await expectSettled(it, id)
    }
  }, 20_000)

  test("that wants to be called for ever without a call of its own is not", async () => {
    await using setup = await misbehaving()
    for (const reason of ["tool_calls", "something_new"]) {
      setup.behave(() => ending(reason))
      const id = await newSession(setup.it)
      await setup.it.call("POST", `/session/${id}/message`, say("Go."))
      expect(setup.calls()).toBe(5)
      await expectSettled(setup.it, id)
    }
  })

  test("that is silent is let go with the abort", async () => {
    await using setup = await misbehaving()
    const { it } = setup
    const silences: Record<string, Conduct> = {
      "before its status": () => new Promise<Response>(() => {}),
      "before its first word": () => eventStream([], { hold: true }),
      "in a call": () => eventStream([chatDelta(calls(["c1", "bash", '{"command":"sl']))], { hold: true }),
    }
    for (const [name, conduct] of Object.entries(silences)) {
      const asked = Promise.withResolvers<void>()
      setup.behave(() => {
        asked.resolve()
        return conduct(1)
      })
      const id = await newSession(it)
      const answer = it.call("POST", `/session/${id}/message`, say("Go."))
      await asked.promise
      await it.call("POST", `/session/${id}/abort`)
      expect({ name, error: (await answer).body.info.error }).toMatchObject({
        name,
        error: { name: "MessageAbortedError" },
      })
      await expectSettled(it, id)
    }
  })
})

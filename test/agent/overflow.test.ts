import { expect, test } from "bun:test"
import { testServer } from "../helper/server"
import { newSession } from "../helper/session"
import { chatAnswer, chatDelta, eventStream, startVendor, type VendorRequest } from "../helper/vendor"

interface Entry {
  info: { role: string; agent: string; finish?: string; error?: { name: string; data: { message: string } } }
  parts: { type: string; text?: string }[]
}

/** Every request fills the context of 1,000 tokens, whatever is in it. */
const usage = { prompt_tokens: 5_000, completion_tokens: 5, total_tokens: 5_005 }
const glob = { index: 0, id: "c", type: "function", function: { name: "glob", arguments: '{"pattern":"*"}' } }
const call = () =>
  eventStream([
    chatDelta({ tool_calls: [glob] }),
    chatDelta({}, "tool_calls"),
    { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage },
    "[DONE]",
  ])

/** A session on a vendor whose model has a context too small for the product's own instructions. */
async function cramped(answer: (request: VendorRequest) => Response, config: object = {}) {
  const vendor = startVendor(answer)
  const model = { name: "M", limit: { context: 1_000, output: 100 } }
  const provider = { v: { npm: "@ai-sdk/openai-compatible", options: { baseURL: vendor.url }, models: { m: model } } }
  const it = await testServer({ config: { provider, ...config } })
  const id = await newSession(it)
  const body = { model: { providerID: "v", modelID: "m" }, parts: [{ type: "text", text: "Work." }] }
  return {
    heard: it.heard,
    prompt: async () => (await it.call("POST", `/session/${id}/message`, body)).body,
    messages: async (): Promise<Entry[]> => (await it.call("GET", `/session/${id}/message`)).body,
    [Symbol.asyncDispose]: async () => {
      await it[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

const kinds = (entries: Entry[]) => entries.map(({ info, parts }) => `${info.role} ${info.agent} ${parts[0]?.type}`)
const UP_TO_SUMMARY = [
  "user build text",
  "assistant build step-start",
  "user build compaction",
  "assistant compaction step-start",
  "user build text",
  "assistant build step-start",
]

test("a context that the instructions alone fill ends the run, instead of compactions without end", async () => {
  await using it = await cramped(({ body }) => (body.tools ? call() : chatAnswer("Summary.", usage)))
  const { info } = await it.prompt()
  expect(info.error).toMatchObject({ name: "ContextOverflowError", data: { message: expect.stringContaining("1000") } })
  expect(kinds(await it.messages())).toEqual(UP_TO_SUMMARY)
  expect(it.heard("session.compacted")).toHaveLength(1)
  expect(it.heard("session.error")).toHaveLength(1)
})

test("an answer that is complete stands, however full the context is", async () => {
  await using it = await cramped(() => chatAnswer("Done.", usage))
  const { info, parts } = await it.prompt()
  expect(info).toMatchObject({ finish: "stop" })
  expect(info.error).toBeUndefined()
  expect(parts).toContainEqual(expect.objectContaining({ type: "text", text: "Done." }))
  expect(kinds(await it.messages())).toEqual(UP_TO_SUMMARY)
  expect(it.heard("session.error")).toEqual([])
})

test("a prompt that the vendor refuses as too long has failed where nothing is compacted by itself", async () => {
  const message = "This model's maximum context length is 1000 tokens."
  const refused = () => Response.json({ error: { message, code: "context_length_exceeded" } }, { status: 400 })
  await using it = await cramped(refused, { compaction: { auto: false } })
  const { info } = await it.prompt()
  expect(info).toMatchObject({ finish: "error", error: { name: "ContextOverflowError", data: { message } } })
  expect(kinds(await it.messages())).toEqual(["user build text", "assistant build undefined"])
  expect(it.heard("session.error")).toHaveLength(1)
})

import { expect, test } from "bun:test"
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider"
import { callOptions } from "../../src/provider/call-options"
import { tokensOf } from "../../src/provider/cost"
import { runErrorOf } from "../../src/provider/error"
import { languageModel } from "../../src/provider/language-model"
import { getModel } from "../../src/provider/model"
import { prepareMessages } from "../../src/provider/prepare-messages"
import { retryDelay, retryMessage } from "../../src/provider/retry"
import type { Agent } from "../../src/schema/agent"
import type { Config } from "../../src/schema/config"
import { testInstance } from "../helper/instance"
import { chatAnswer, chatDelta, eventStream, startBrokenVendor, startVendor } from "../helper/vendor"

const AGENT: Agent = { name: "build", mode: "primary", options: {}, permission: [] }
const SECRET = "s3cret-value-of-the-user"

type ProviderConfig = NonNullable<Config["provider"]>[string]

/** Calls model `v/m` of a vendor at `url` once; answers the parts of the stream, or throws what the call throws. */
async function call(
  url: string,
  { npm = "@ai-sdk/openai-compatible", options = {}, model = {}, ...more }: CallSetup = {},
): Promise<LanguageModelV4StreamPart[]> {
  const provider: ProviderConfig = {
    npm,
    options: { baseURL: url, apiKey: SECRET, ...options },
    models: { m: { limit: { context: 1000, output: 100 }, ...model } },
  }
  await using test = await testInstance({ config: { provider: { v: provider } } })
  const found = await getModel(test.instance, { providerID: "v", modelID: "m" })
  const [language, settings] = await Promise.all([
    languageModel(test.instance, found),
    callOptions(test.instance, { model: found, agent: AGENT, sessionID: "ses_1", ...more.call }),
  ])
  const prompt = prepareMessages(found, more.prompt ?? [{ role: "user", content: [{ type: "text", text: "Hi" }] }])
  const { stream } = await language.doStream({ ...settings, prompt, ...more.settings })
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) {
    parts.push(part)
    if (part.type === "error") throw part.error
  }
  return parts
}

interface CallSetup {
  npm?: string
  options?: ProviderConfig["options"]
  model?: NonNullable<ProviderConfig["models"]>[string]
  call?: { variant?: string; small?: boolean; parentSessionID?: string }
  prompt?: LanguageModelV4CallOptions["prompt"]
  settings?: Partial<LanguageModelV4CallOptions>
}

const failure = async (calling: Promise<unknown>) => {
  const error = await calling.then(
    () => undefined,
    (thrown: unknown) => ({ thrown }),
  )
  if (!error) throw new Error("The call did not fail")
  return runErrorOf(error.thrown, "v")
}

const textOf = (parts: LanguageModelV4StreamPart[]) =>
  parts.map((part) => (part.type === "text-delta" ? part.delta : "")).join("")

test("chat completions: text, usage, headers of the session", async () => {
  await using vendor = startVendor(() =>
    chatAnswer("Hello", {
      prompt_tokens: 120,
      completion_tokens: 30,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 40 },
      completion_tokens_details: { reasoning_tokens: 10 },
    }),
  )
  const parts = await call(vendor.url, { call: { parentSessionID: "ses_0" } })
  expect(textOf(parts)).toBe("Hello")
  const finish = parts.find((part) => part.type === "finish")
  expect(tokensOf(finish!.usage, finish!.providerMetadata)).toEqual({
    total: 150,
    input: 80,
    output: 20,
    reasoning: 10,
    cache: { read: 40, write: 0 },
  })
  const [request] = vendor.requests
  expect(request!.path).toBe("/v1/chat/completions")
  expect(request!.headers.get("authorization")).toBe(`Bearer ${SECRET}`)
  expect(request!.headers.get("user-agent")).toStartWith("opencode/1.2.3 ")
  expect(request!.headers.get("x-session-id")).toBe("ses_1")
  expect(request!.headers.get("x-parent-session-id")).toBe("ses_0")
  expect(request!.body).toMatchObject({ model: "m", max_tokens: 100, stream_options: { include_usage: true } })
})

test("a variant sends its reasoning effort, an unknown one nothing", async () => {
  await using vendor = startVendor(() => chatAnswer("ok"))
  await call(vendor.url, { model: { reasoning: true }, call: { variant: "high" } })
  await call(vendor.url, { model: { reasoning: true }, call: { variant: "bogus" } })
  expect(vendor.requests.map((request) => request.body.reasoning_effort)).toEqual(["high", undefined])
})

test("an image for a model without image input becomes a text that says so", async () => {
  await using vendor = startVendor(() => chatAnswer("ok"))
  const image = {
    type: "file",
    filename: "a.png",
    mediaType: "image/png",
    data: { type: "data", data: "AAAA" },
  } as const
  await call(vendor.url, { prompt: [{ role: "user", content: [image] }] })
  await call(vendor.url, {
    prompt: [{ role: "user", content: [image] }],
    model: { modalities: { input: ["text", "image"] } },
  })
  expect(vendor.requests[0]!.body.messages[0].content).toBe(
    'ERROR: Cannot read "a.png" (this model does not support image input). Inform the user.',
  )
  expect(vendor.requests[1]!.body.messages[0].content[0].type).toBe("image_url")
})

test("files in a tool's result follow as a user message where the vendor only takes text", async () => {
  await using vendor = startVendor(() => chatAnswer("ok"))
  await call(vendor.url, {
    model: { modalities: { input: ["text", "image"] } },
    prompt: [
      { role: "user", content: [{ type: "text", text: "Look" }] },
      { role: "assistant", content: [{ type: "tool-call", toolCallId: "c", toolName: "read", input: {} }] },
      {
        role: "tool",
        content: [
          {
            type: "tool-result",
            toolCallId: "c",
            toolName: "read",
            output: {
              type: "content",
              value: [
                { type: "text", text: "Image read" },
                { type: "file", mediaType: "image/png", data: { type: "data", data: "AAAA" } },
              ],
            },
          },
        ],
      },
    ],
  })
  const messages: { role: string; content: unknown }[] = vendor.requests[0]!.body.messages
  expect(messages.map((message) => message.role)).toEqual(["user", "assistant", "tool", "user"])
  expect(messages[2]!.content).toBe("Image read")
})

test("a delta of 1 MB arrives whole", async () => {
  await using vendor = startVendor(() => chatAnswer("x".repeat(1_000_000)))
  expect(textOf(await call(vendor.url))).toHaveLength(1_000_000)
})

test("the Messages dialect: cache points, thinking, usage", async () => {
  await using vendor = startVendor(() =>
    eventStream([
      {
        type: "message_start",
        message: {
          id: "m1",
          type: "message",
          role: "assistant",
          model: "m",
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 600, cache_read_input_tokens: 400, cache_creation_input_tokens: 30, output_tokens: 1 },
        },
      },
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm." } },
      { type: "content_block_stop", index: 0 },
      { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Yes." } },
      { type: "content_block_stop", index: 1 },
      { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 50 } },
      { type: "message_stop" },
    ]),
  )
  const text = (value: string) => [{ type: "text" as const, text: value }]
  const parts = await call(vendor.url, {
    npm: "@ai-sdk/anthropic",
    model: { reasoning: true, limit: { context: 200_000, output: 64_000 } },
    call: { variant: "high" },
    prompt: [
      { role: "system", content: "Be good." },
      { role: "user", content: text("one") },
      { role: "assistant", content: text("") },
      { role: "user", content: text("two") },
      { role: "assistant", content: text("three") },
      { role: "user", content: text("four") },
    ],
  })
  expect(textOf(parts)).toBe("Yes.")
  expect(parts.some((part) => part.type === "reasoning-delta")).toBe(true)
  const finish = parts.find((part) => part.type === "finish")
  expect(tokensOf(finish!.usage, finish!.providerMetadata)).toEqual({
    total: 1080,
    input: 600,
    output: 50,
    reasoning: 0,
    cache: { read: 400, write: 30 },
  })
  const { body, headers, path } = vendor.requests[0]!
  expect(path).toBe("/v1/messages")
  expect(headers.get("x-api-key")).toBe(SECRET)
  expect(body.thinking).toEqual({ type: "enabled", budget_tokens: 16_000 })
  expect(body.system[0].cache_control).toEqual({ type: "ephemeral" })
  const points = body.messages.map((message: { content: { cache_control?: object }[] }) =>
    message.content.map((part) => Boolean(part.cache_control)),
  )
  expect(points).toEqual([[false, false], [true], [true]])
})

test("the Responses dialect: nothing is stored at the vendor", async () => {
  await using vendor = startVendor(() =>
    eventStream([
      { type: "response.created", response: { id: "r", object: "response", created_at: 1, model: "m" } },
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { type: "message", id: "i", role: "assistant", content: [] },
      },
      { type: "response.output_text.delta", item_id: "i", output_index: 0, content_index: 0, delta: "Done." },
      {
        type: "response.output_item.done",
        output_index: 0,
        item: {
          type: "message",
          id: "i",
          role: "assistant",
          content: [{ type: "output_text", text: "Done.", annotations: [] }],
        },
      },
      {
        type: "response.completed",
        response: {
          usage: {
            input_tokens: 1100,
            input_tokens_details: { cached_tokens: 1000 },
            output_tokens: 5,
            output_tokens_details: { reasoning_tokens: 2 },
            total_tokens: 1105,
          },
        },
      },
    ]),
  )
  const parts = await call(vendor.url, { npm: "@ai-sdk/openai", model: { reasoning: true } })
  expect(textOf(parts)).toBe("Done.")
  const finish = parts.find((part) => part.type === "finish")
  expect(tokensOf(finish!.usage, finish!.providerMetadata)).toEqual({
    total: 1105,
    input: 100,
    output: 3,
    reasoning: 2,
    cache: { read: 1000, write: 0 },
  })
  expect(vendor.requests[0]!.path).toBe("/v1/responses")
  expect(vendor.requests[0]!.body).toMatchObject({ store: false, prompt_cache_key: "ses_1" })
})

const refusal = (status: number, body: string, headers: Record<string, string> = {}) =>
  startVendor(() => new Response(body, { status, headers: { "content-type": "application/json", ...headers } }))

test("a refusal says what the vendor said, without the key", async () => {
  await using vendor = refusal(401, JSON.stringify({ error: { message: `Key ${SECRET} is wrong`, type: "auth" } }))
  const error = await failure(call(vendor.url))
  expect(error).toMatchObject({
    name: "APIError",
    data: {
      message: "Key [redacted] is wrong",
      statusCode: 401,
      isRetryable: false,
      metadata: { url: `${vendor.url}/chat/completions` },
    },
  })
  expect(JSON.stringify(error)).not.toContain(SECRET)
  expect(retryDelay(error, 1)).toBeUndefined()
})

test("an answer without a message is quoted; a web page is not", async () => {
  await using plain = refusal(403, "forbidden text")
  expect(await failure(call(plain.url))).toMatchObject({ data: { message: "Forbidden: forbidden text" } })
  await using page = refusal(502, "<!doctype html><html>...</html>")
  const error = await failure(call(page.url))
  expect(error.data).toMatchObject({ isRetryable: true, message: expect.stringContaining("web page") })
})

test("too large a prompt is a context overflow, a rate limit on tokens is not", async () => {
  await using large = refusal(413, JSON.stringify({ error: { message: "Too large" } }))
  expect(await failure(call(large.url))).toEqual({
    name: "ContextOverflowError",
    data: { message: "Too large", responseBody: '{"error":{"message":"Too large"}}' },
  })
  await using long = refusal(
    400,
    JSON.stringify({ error: { message: "This model's maximum context length is 8000 tokens." } }),
  )
  expect((await failure(call(long.url))).name).toBe("ContextOverflowError")
  await using limited = refusal(
    429,
    JSON.stringify({ error: { message: "Context tokens per minute: too many tokens in 1 min" } }),
  )
  expect((await failure(call(limited.url))).name).toBe("APIError")
})

test("an error object in the stream is shown as its JSON", async () => {
  const object = { message: "Bad request inside the stream", type: "invalid_request_error", code: "bad" }
  await using vendor = startVendor(() => eventStream([chatDelta({ content: "Half" }), { error: object }]))
  const error = await failure(call(vendor.url))
  expect(error).toEqual({ name: "UnknownError", data: { message: JSON.stringify(object) } })
  expect(retryDelay(error, 1)).toBeUndefined()
})

test("a broken connection is retried, at the start and in the middle", async () => {
  const answer = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
  const data = `data: ${JSON.stringify(chatDelta({ content: "Half" }))}\n\n`
  for (const head of ["", `${answer}${data.length.toString(16)}\r\n${data}\r\n`]) {
    await using vendor = startBrokenVendor(head)
    const error = await failure(call(vendor.url))
    expect(error).toMatchObject({ name: "APIError", data: { isRetryable: true } })
    expect(retryDelay(error, 1)).toBeGreaterThan(0)
  }
})

test("nobody there: retried, and the message says so", async () => {
  const vendor = startVendor(() => new Response())
  await vendor[Symbol.asyncDispose]()
  const error = await failure(call(vendor.url))
  expect(retryMessage(error)).toStartWith("Cannot connect to API")
  expect(retryDelay(error, 5)).toBeGreaterThan(0)
  expect(retryDelay(error, 6)).toBeUndefined()
})

test("garbage in the stream is an error, not a hang", async () => {
  await using vendor = startVendor(() => eventStream(["{not json"]))
  expect((await failure(call(vendor.url))).name).toBe("UnknownError")
})

test("a silent vendor is given up after chunkTimeout or headerTimeout, and retried", async () => {
  await using silent = startVendor(() => eventStream([chatDelta({ content: "Half" })], { hold: true }))
  const error = await failure(call(silent.url, { options: { chunkTimeout: 30 } }))
  expect(error).toMatchObject({
    name: "APIError",
    data: { isRetryable: true, message: expect.stringContaining("30 ms") },
  })
  await using deaf = startVendor(() => new Promise<Response>(() => {}))
  expect(await failure(call(deaf.url, { options: { headerTimeout: 30 } }))).toMatchObject({ name: "APIError" })
})

test("an aborted call ends at once", async () => {
  const abort = new AbortController()
  await using vendor = startVendor(() => {
    queueMicrotask(() => abort.abort())
    return eventStream([chatDelta({ content: "Half" })], { hold: true })
  })
  const error = await failure(call(vendor.url, { settings: { abortSignal: abort.signal } }))
  expect(error).toEqual({ name: "MessageAbortedError", data: { message: "Aborted" } })
})

test("a package that is not there and a missing address are said clearly", async () => {
  await expect(call("http://127.0.0.1:1", { npm: "some-package" })).rejects.toThrow("some-package")
  await expect(call("", {})).rejects.toThrow("baseURL")
})

import { describe, expect, spyOn, test } from "bun:test"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider"
import { setAuth } from "../../src/auth/auth"
import type { Instance } from "../../src/instance/instance"
import { callOptions } from "../../src/provider/call-options"
import { runErrorOf } from "../../src/provider/error"
import { languageModel } from "../../src/provider/language-model"
import { getModel } from "../../src/provider/model"
import { prepareMessages } from "../../src/provider/prepare-messages"
import { listProviders } from "../../src/provider/provider"
import type { Agent } from "../../src/schema/agent"
import type { Auth } from "../../src/schema/auth"
import type { Config } from "../../src/schema/config"
import type { Model } from "../../src/schema/provider"
import { awsEvents } from "../helper/event-frames"
import { testInstance } from "../helper/instance"
import { chatAnswer, chatDelta, eventStream, startVendor, type VendorRequest } from "../helper/vendor"

const AGENT: Agent = { name: "build", mode: "primary", options: {}, permission: [] }
const KEY = "key-of-the-user-0123"
const LIMIT = { context: 10_000, output: 100 }

type Prompt = LanguageModelV4CallOptions["prompt"]
type ProviderConfig = NonNullable<Config["provider"]>[string]

interface Call {
  provider?: string
  config: ProviderConfig
  model: string
  env?: Record<string, string>
  prompt?: Prompt
}

const HI: Prompt = [{ role: "user", content: [{ type: "text", text: "Hi" }] }]

/** Calls a model once through the whole of `provider/`; answers what it said. */
async function call({ provider = "v", config, model, env = {}, prompt = HI }: Call): Promise<string> {
  await using it = await testInstance({ config: { provider: { [provider]: config } }, env })
  const found = await getModel(it.instance, { providerID: provider, modelID: model })
  const settings = await callOptions(it.instance, { model: found, agent: AGENT, sessionID: "ses_1" })
  const language = await languageModel(it.instance, found)
  const { stream } = await language.doStream({ ...settings, prompt: prepareMessages(found, prompt) })
  return textOf(stream)
}

async function textOf(stream: ReadableStream<LanguageModelV4StreamPart>): Promise<string> {
  let text = ""
  let finished = false
  for await (const part of stream) {
    if (part.type === "error") throw part.error
    if (part.type === "text-delta") text += part.delta
    if (part.type === "finish") finished = part.usage.outputTokens.total === 5
  }
  return finished ? text : `${text} (without the right usage)`
}

const responsesAnswer = () =>
  eventStream([
    {
      type: "response.created",
      response: { id: "r", object: "response", created_at: 1, model: "m", output: [], status: "in_progress" },
    },
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { type: "message", id: "i", role: "assistant", content: [], status: "in_progress" },
    },
    { type: "response.output_text.delta", item_id: "i", output_index: 0, content_index: 0, delta: "Hello" },
    {
      type: "response.output_item.done",
      output_index: 0,
      item: {
        type: "message",
        id: "i",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "Hello", annotations: [] }],
      },
    },
    {
      type: "response.completed",
      response: {
        id: "r",
        object: "response",
        created_at: 1,
        model: "m",
        output: [],
        status: "completed",
        usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
      },
    },
  ])

const cohereAnswer = () =>
  eventStream([
    {
      type: "message-start",
      id: "m",
      delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
    },
    { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
    { type: "content-delta", index: 0, delta: { message: { content: { text: "Hello" } } } },
    { type: "content-end", index: 0 },
    {
      type: "message-end",
      delta: { finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 10, output_tokens: 5 } } },
    },
  ])

const geminiAnswer = () =>
  eventStream([
    {
      candidates: [{ content: { role: "model", parts: [{ text: "Hello" }] }, finishReason: "STOP" }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    },
  ])

const claudeAnswer = () =>
  eventStream([
    {
      type: "message_start",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "m",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 10, output_tokens: 1 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello" } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 5 } },
    { type: "message_stop" },
  ])

const bedrockAnswer = () =>
  awsEvents([
    ["messageStart", { role: "assistant" }],
    ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hello" } }],
    ["contentBlockStop", { contentBlockIndex: 0 }],
    ["messageStop", { stopReason: "end_turn" }],
    ["metadata", { usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 } }],
  ])

const gatewayAnswer = () =>
  eventStream([
    { type: "text-start", id: "t" },
    { type: "text-delta", id: "t", delta: "Hello" },
    { type: "text-end", id: "t" },
    {
      type: "finish",
      finishReason: { unified: "stop", raw: "stop" },
      usage: { inputTokens: { total: 10 }, outputTokens: { total: 5 } },
    },
  ])

const chat = () => chatAnswer("Hello")
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
/** Groq and Mistral say the usage in places of their own. */
const groqAnswer = () =>
  eventStream([
    chatDelta({ role: "assistant", content: "Hello" }),
    { ...chatDelta({}, "stop"), x_groq: { usage } },
    "[DONE]",
  ])
const mistralAnswer = () =>
  eventStream([chatDelta({ role: "assistant", content: "Hello" }), { ...chatDelta({}, "stop"), usage }, "[DONE]"])
const authorization = `Bearer ${KEY}`

describe.each([
  ["@ai-sdk/groq", "m", groqAnswer, "/v1/chat/completions", { authorization }],
  ["@ai-sdk/mistral", "m", mistralAnswer, "/v1/chat/completions", { authorization }],
  ["@ai-sdk/deepinfra", "m", chat, "/v1/openai/chat/completions", { authorization }],
  ["@ai-sdk/togetherai", "m", chat, "/v1/chat/completions", { authorization }],
  ["@ai-sdk/perplexity", "m", chat, "/v1/chat/completions", { authorization }],
  ["@ai-sdk/cerebras", "m", chat, "/v1/chat/completions", { authorization }],
  ["@openrouter/ai-sdk-provider", "anthropic/claude-x", chat, "/v1/chat/completions", { authorization }],
  ["@ai-sdk/xai", "m", responsesAnswer, "/v1/responses", { authorization }],
  ["@ai-sdk/azure", "gpt-x", responsesAnswer, "/v1/responses", { "api-key": KEY }],
  ["@ai-sdk/azure", "llama", chat, "/v1/chat/completions", { "api-key": KEY }],
  ["@ai-sdk/cohere", "m", cohereAnswer, "/v1/chat", { authorization }],
  ["@ai-sdk/gateway", "anthropic/claude-x", gatewayAnswer, "/v1/language-model", { authorization }],
  [
    "@ai-sdk/google-vertex",
    "gemini-x",
    geminiAnswer,
    "/v1/models/gemini-x:streamGenerateContent",
    { "x-goog-api-key": KEY },
  ],
  [
    "@ai-sdk/amazon-bedrock",
    "us.anthropic.claude-x",
    bedrockAnswer,
    "/v1/model/us.anthropic.claude-x/converse-stream",
    { authorization },
  ],
  ["@ai-sdk/amazon-bedrock/mantle", "openai.gpt-5.4", responsesAnswer, "/v1/responses", { authorization }],
  ["@ai-sdk/amazon-bedrock/mantle", "openai.gpt-oss-20b", chat, "/v1/chat/completions", { authorization }],
] as const)("%s with %s", (npm, model, answer, path, headers) => {
  const config = (baseURL: string): ProviderConfig => ({
    npm,
    options: { baseURL, apiKey: KEY },
    models: { [model]: { limit: LIMIT, cost: { input: 1, output: 1 } } },
  })

  test("calls its vendor and streams the answer", async () => {
    await using vendor = startVendor(answer)
    expect(await call({ config: config(vendor.url), model })).toBe("Hello")
    const [request] = vendor.requests
    expect(decodeURIComponent(request!.path)).toBe(path)
    expect(request!.headers.toJSON()).toMatchObject(headers)
    expect(request!.headers.get("user-agent")).toStartWith("opencode/1.2.3 ")
  })

  test("a refusal becomes an error with its status, without the key", async () => {
    await using vendor = startVendor(() =>
      Response.json(
        { error: { message: `No ${KEY}`, type: "limit", code: 429 }, message: `No ${KEY}` },
        { status: 429 },
      ),
    )
    const error = await call({ config: config(vendor.url), model }).catch((thrown) => runErrorOf(thrown, "v"))
    expect(error).toMatchObject({ name: "APIError", data: { statusCode: 429, isRetryable: true } })
    expect(JSON.stringify(error)).not.toContain(KEY)
  })
})

/** The one provider of the catalogue that the environment or a stored key connects. */
async function onlyProvider(options: Parameters<typeof testInstance>[0], stored: Record<string, Auth> = {}) {
  const it = await testInstance(options)
  for (const [id, auth] of Object.entries(stored)) await setAuth(it.app, id, auth)
  const [provider] = await listProviders(it.instance)
  return { it, provider: provider! }
}

describe("Amazon Bedrock", () => {
  const models = { "us.anthropic.claude-x": { limit: LIMIT } }
  const config = (options: object): ProviderConfig => ({
    npm: "@ai-sdk/amazon-bedrock",
    options: { ...options },
    models,
  })
  const pair = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret-0123" }

  test("signs with the keys of the environment, for the configured region", async () => {
    await using vendor = startVendor(bedrockAnswer)
    const options = { baseURL: vendor.url, region: "eu-west-1" }
    const env = { ...pair, AWS_SESSION_TOKEN: "session-0123" }
    expect(await call({ config: config(options), model: "us.anthropic.claude-x", env })).toBe("Hello")
    const { headers } = vendor.requests[0]!
    expect(headers.get("authorization")).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d+\/eu-west-1\/bedrock\//)
    expect(headers.get("x-amz-security-token")).toBe("session-0123")
    expect(JSON.stringify(vendor.requests)).not.toContain("secret-0123")
  })

  test("marks where the prompt is cached", async () => {
    await using vendor = startVendor(bedrockAnswer)
    const options = { baseURL: vendor.url, apiKey: KEY }
    const prompt: Prompt = [{ role: "system", content: "Be good." }, ...HI]
    await call({ config: config(options), model: "us.anthropic.claude-x", prompt })
    expect(vendor.requests[0]!.body.system).toEqual([{ text: "Be good." }, { cachePoint: { type: "default" } }])
  })

  test.each([
    ["a key of Bedrock", { AWS_BEARER_TOKEN_BEDROCK: KEY }, true],
    ["a pair of keys", pair, true],
    ["a profile", { AWS_PROFILE: "work" }, true],
    ["the role of a cluster", { AWS_WEB_IDENTITY_TOKEN_FILE: "/token" }, true],
    ["half a pair", { AWS_SECRET_ACCESS_KEY: "secret-0123" }, false],
    ["a region", { AWS_REGION: "us-east-1" }, false],
  ])("%s connects it, or not", async (_, env, connects) => {
    const { it, provider } = await onlyProvider({ env })
    await using _it = it
    expect(provider.id).toBe(connects ? "amazon-bedrock" : "demo")
    expect(JSON.stringify(provider)).not.toContain("secret-0123")
  })

  test("calls a model through the profile of its geography", async () => {
    const env = { AWS_BEARER_TOKEN_BEDROCK: KEY, AWS_REGION: "eu-central-1" }
    const { it, provider } = await onlyProvider({ env })
    await using _it = it
    expect(provider.models["anthropic.claude-sonnet-5"]!.api.id).toBe("eu.anthropic.claude-sonnet-5")
    expect(provider.models["us.anthropic.claude-sonnet-5"]!.api.id).toBe("us.anthropic.claude-sonnet-5")
    expect(provider.models["deepseek.v3.2"]!.api.id).toBe("deepseek.v3.2")
  })
})

describe("Google Vertex", () => {
  /** Credentials of a federated identity: a file with a token that is exchanged at an address of our own. */
  async function withIdentity(answer: (request: VendorRequest) => Response) {
    const directory = await mkdtemp(join(tmpdir(), "identity-"))
    const vendor = startVendor((request) =>
      request.path === "/token"
        ? Response.json({
            access_token: "google-token",
            issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
            token_type: "Bearer",
            expires_in: 3600,
          })
        : answer(request),
    )
    await writeFile(join(directory, "token"), "identity")
    await writeFile(
      join(directory, "credentials.json"),
      JSON.stringify({
        type: "external_account",
        audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
        token_url: `${new URL(vendor.url).origin}/token`,
        credential_source: { file: join(directory, "token") },
      }),
    )
    // Google's library reads the environment of the process itself.
    const before = process.env.GOOGLE_APPLICATION_CREDENTIALS
    process.env.GOOGLE_APPLICATION_CREDENTIALS = join(directory, "credentials.json")
    return {
      vendor,
      async [Symbol.asyncDispose]() {
        if (before === undefined) delete process.env.GOOGLE_APPLICATION_CREDENTIALS
        else process.env.GOOGLE_APPLICATION_CREDENTIALS = before
        await vendor[Symbol.asyncDispose]()
        await rm(directory, { recursive: true, force: true })
      },
    }
  }

  test.each([
    ["@ai-sdk/google-vertex", "gemini-x", geminiAnswer, "/v1/models/gemini-x:streamGenerateContent"],
    ["@ai-sdk/google-vertex/anthropic", "claude-x", claudeAnswer, "/v1/claude-x:streamRawPredict"],
    ["@ai-sdk/google-vertex/maas", "meta/llama-x", chat, "/v1/chat/completions"],
  ])("%s gets a token of Google's account", async (npm, model, answer, path) => {
    await using identity = await withIdentity(answer)
    const config = { npm, options: { baseURL: identity.vendor.url }, models: { [model]: { limit: LIMIT } } }
    expect(await call({ config, model, env: { GOOGLE_VERTEX_PROJECT: "my-project" } })).toBe("Hello")
    const request = identity.vendor.requests.find((each) => each.path !== "/token")
    expect(request!.path).toBe(path)
    expect(request!.headers.get("authorization")).toBe("Bearer google-token")
  })

  test("is connected by its project, each model with its package", async () => {
    await using it = await testInstance({ env: { GOOGLE_VERTEX_PROJECT: "my-project" } })
    const providers = await listProviders(it.instance)
    expect(providers.map(({ id }) => id)).toEqual(["google-vertex-anthropic", "google-vertex"])
    const packages = new Set(Object.values(providers[1]!.models).map(({ api }) => api.npm))
    expect([...packages].sort()).toEqual([
      "@ai-sdk/google-vertex",
      "@ai-sdk/google-vertex/anthropic",
      "@ai-sdk/google-vertex/maas",
    ])
  })
})

describe("addresses with names in them", () => {
  const stored = (id: string, metadata: Record<string, string>) => ({
    [id]: { type: "api" as const, key: KEY, metadata },
  })

  test("are filled in from what was stored with the key", async () => {
    const { it } = await onlyProvider({}, stored("azure", { resourceName: "my-resource" }))
    await using _it = it
    const model = await getModel(it.instance, { providerID: "azure", modelID: "claude-haiku-4-5" })
    expect(model.api.npm).toBe("@ai-sdk/anthropic")
    expect(await addressOf(it.instance, model)).toStartWith("https://my-resource.services.ai.azure.com/anthropic/v1/")
  })

  test("of Cloudflare's gateway, with a header of its own for the token", async () => {
    const { it, provider } = await onlyProvider(
      {},
      stored("cloudflare-ai-gateway", { accountId: "acc", gatewayId: "gate" }),
    )
    await using _it = it
    const model = provider.models["anthropic/claude-haiku-4.5"]!
    const { url, headers } = await requestOf(it.instance, model)
    expect(url).toBe("https://gateway.ai.cloudflare.com/v1/acc/gate/compat/chat/completions")
    expect(headers.get("cf-aig-authorization")).toBe(`Bearer ${KEY}`)
    expect(headers.get("authorization")).toBeNull()
  })

  test("that lack one are refused with its name", async () => {
    const { it, provider } = await onlyProvider({}, stored("cloudflare-ai-gateway", { accountId: "acc" }))
    await using _it = it
    const model = provider.models["anthropic/claude-haiku-4.5"]!
    await expect(languageModel(it.instance, model)).rejects.toThrow("needs CLOUDFLARE_GATEWAY_ID")
  })
})

test("Mistral never sees a message of the user right after a tool's result", async () => {
  await using vendor = startVendor(mistralAnswer)
  const prompt: Prompt = [
    ...HI,
    { role: "assistant", content: [{ type: "tool-call", toolCallId: "c", toolName: "read", input: {} }] },
    {
      role: "tool",
      content: [{ type: "tool-result", toolCallId: "c", toolName: "read", output: { type: "text", value: "x" } }],
    },
    ...HI,
  ]
  const config: ProviderConfig = {
    npm: "@ai-sdk/mistral",
    options: { baseURL: vendor.url, apiKey: KEY },
    models: { m: {} },
  }
  await call({ config, model: "m", prompt })
  const roles = vendor.requests[0]!.body.messages.map(({ role }: { role: string }) => role)
  expect(roles).toEqual(["user", "assistant", "tool", "assistant", "user"])
})

/** The request that a call of the model makes; it is caught before it leaves. */
async function requestOf(instance: Instance, model: Model): Promise<Request> {
  const language = await languageModel(instance, model)
  let seen: Request | undefined
  const caught = spyOn(globalThis, "fetch").mockImplementation(
    Object.assign(
      async (input: string | URL | Request, init?: RequestInit) => {
        seen = new Request(input, { ...init, signal: null })
        return new Response("", { status: 500 })
      },
      { preconnect: fetch.preconnect },
    ),
  )
  try {
    await language.doStream({ prompt: HI }).catch(() => {})
  } finally {
    caught.mockRestore()
  }
  if (!seen) throw new Error("Nothing was called")
  return seen
}

const addressOf = async (instance: Instance, model: Model) => (await requestOf(instance, model)).url

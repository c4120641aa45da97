import { describe, expect, test } from "bun:test"
import { runErrorOf } from "../../src/provider/error"
import {
  bedrockAnswer,
  cohereAnswer,
  gatewayAnswer,
  geminiAnswer,
  groqAnswer,
  mistralAnswer,
  responsesAnswer,
} from "../helper/dialects"
import { callModel, KEY, LIMIT, type ProviderConfig } from "../helper/model-call"
import { chatAnswer, startVendor } from "../helper/vendor"

const authorization = `Bearer ${KEY}`

describe.each([
  ["@ai-sdk/groq", "m", groqAnswer, "/v1/chat/completions", { authorization }],
  ["@ai-sdk/mistral", "m", mistralAnswer, "/v1/chat/completions", { authorization }],
  ["@ai-sdk/deepinfra", "m", chatAnswer, "/v1/openai/chat/completions", { authorization }],
  ["@ai-sdk/togetherai", "m", chatAnswer, "/v1/chat/completions", { authorization }],
  ["@ai-sdk/perplexity", "m", chatAnswer, "/v1/chat/completions", { authorization }],
  ["@ai-sdk/cerebras", "m", chatAnswer, "/v1/chat/completions", { authorization }],
  ["@openrouter/ai-sdk-provider", "anthropic/claude-x", chatAnswer, "/v1/chat/completions", { authorization }],
  ["@ai-sdk/xai", "m", responsesAnswer, "/v1/responses", { authorization }],
  ["@ai-sdk/azure", "gpt-x", responsesAnswer, "/v1/responses", { "api-key": KEY }],
  ["@ai-sdk/azure", "llama", chatAnswer, "/v1/chat/completions", { "api-key": KEY }],
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
  ["@ai-sdk/amazon-bedrock/mantle", "openai.gpt-oss-20b", chatAnswer, "/v1/chat/completions", { authorization }],
] as const)("%s with %s", (npm, model, answer, path, headers) => {
  const config = (baseURL: string): ProviderConfig => ({
    npm,
    options: { baseURL, apiKey: KEY },
    models: { [model]: { limit: LIMIT, cost: { input: 1, output: 1 } } },
  })

  test("calls its vendor and streams the answer", async () => {
    await using vendor = startVendor(() => answer("Hello"))
    expect(await callModel({ config: config(vendor.url), model })).toBe("Hello")
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
    const error = await callModel({ config: config(vendor.url), model }).catch((thrown) => runErrorOf(thrown, "v"))
    expect(error).toMatchObject({ name: "APIError", data: { statusCode: 429, isRetryable: true } })
    expect(JSON.stringify(error)).not.toContain(KEY)
  })
})

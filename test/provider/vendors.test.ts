import { describe, expect, spyOn, test } from "bun:test"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setAuth } from "../../src/auth/auth"
import type { Instance } from "../../src/instance/instance"
import { languageModel } from "../../src/provider/language-model"
import { getModel } from "../../src/provider/model"
import { listProviders } from "../../src/provider/provider"
import type { Auth } from "../../src/schema/auth"
import type { Model } from "../../src/schema/provider"
import { bedrockAnswer, claudeAnswer, geminiAnswer, mistralAnswer } from "../helper/dialects"
import { testInstance } from "../helper/instance"
import { callModel, HI, KEY, LIMIT, type Prompt, type ProviderConfig } from "../helper/model-call"
import { chatAnswer, startVendor, type VendorRequest } from "../helper/vendor"

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
    await using vendor = startVendor(() => bedrockAnswer())
    const options = { baseURL: vendor.url, region: "eu-west-1" }
    const env = { ...pair, AWS_SESSION_TOKEN: "session-0123" }
    expect(await callModel({ config: config(options), model: "us.anthropic.claude-x", env })).toBe("Hello")
    const { headers } = vendor.requests[0]!
    expect(headers.get("authorization")).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d+\/eu-west-1\/bedrock\//)
    expect(headers.get("x-amz-security-token")).toBe("session-0123")
    expect(JSON.stringify(vendor.requests)).not.toContain("secret-0123")
  })

  test("marks where the prompt is cached", async () => {
    await using vendor = startVendor(() => bedrockAnswer())
    const options = { baseURL: vendor.url, apiKey: KEY }
    const prompt: Prompt = [{ role: "system", content: "Be good." }, ...HI]
    await callModel({ config: config(options), model: "us.anthropic.claude-x", prompt })
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
    ["@ai-sdk/google-vertex/maas", "meta/llama-x", () => chatAnswer("Hello"), "/v1/chat/completions"],
  ])("%s gets a token of Google's account", async (npm, model, answer, path) => {
    await using identity = await withIdentity(() => answer())
    const config = { npm, options: { baseURL: identity.vendor.url }, models: { [model]: { limit: LIMIT } } }
    expect(await callModel({ config, model, env: { GOOGLE_VERTEX_PROJECT: "my-project" } })).toBe("Hello")
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
    expect((await requestOf(it.instance, model)).url).toStartWith(
      "https://my-resource.services.ai.azure.com/anthropic/v1/",
    )
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
  await using vendor = startVendor(() => mistralAnswer())
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
  await callModel({ config, model: "m", prompt })
  const roles = vendor.requests[0]!.body.messages.map(({ role }: { role: string }) => role)
  expect(roles).toEqual(["user", "assistant", "tool", "assistant", "user"])
})

interface Seen {
  url: string
  headers: Headers
}

/** The request that a call of the model makes; it is caught before it leaves. */
async function requestOf(instance: Instance, model: Model): Promise<Seen> {
  const language = await languageModel(instance, model)
  let seen: Seen | undefined
  const fake = async (input: string | URL | Request, init?: RequestInit) => {
    seen = { url: String(input), headers: new Headers(init?.headers) }
    return new Response("", { status: 500 })
  }
  const caught = spyOn(globalThis, "fetch").mockImplementation(Object.assign(fake, { preconnect: fetch.preconnect }))
  try {
    await language.doStream({ prompt: HI })
  } catch (error) {
    if (!seen) throw error
  } finally {
    caught.mockRestore()
  }
  if (!seen) throw new Error("Nothing was called")
  return seen
}

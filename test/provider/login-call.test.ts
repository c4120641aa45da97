import { describe, expect, test } from "bun:test"
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider"
import { findAuth, removeAuth, setAuth } from "../../src/auth/auth"
import { callOptions } from "../../src/provider/call-options"
import { runErrorOf } from "../../src/provider/error"
import { languageModel } from "../../src/provider/language-model"
import { getModel } from "../../src/provider/model"
import { prepareMessages } from "../../src/provider/prepare-messages"
import { listProviders } from "../../src/provider/provider"
import { retryDelay } from "../../src/provider/retry"
import type { Agent } from "../../src/schema/agent"
import type { OAuth } from "../../src/schema/auth"
import type { RunError } from "../../src/schema/run-error"
import { responsesAnswer } from "../helper/dialects"
import { type TestInstance, testInstance } from "../helper/instance"
import { startLoginVendor, tokenWith } from "../helper/login-vendor"
import { refuse, type StandIn, type StandInRequest } from "../helper/stand-in"
import { chatAnswer } from "../helper/vendor"

const AGENT: Agent = { name: "build", mode: "primary", options: {}, permission: [] }
const NOW = 1_800_000_000_000
const HOUR = 3_600_000

const chatGPT = (changes: Partial<OAuth> = {}): OAuth => ({
  type: "oauth",
  refresh: "refresh-1",
  access: "access-1",
  expires: NOW + HOUR,
  accountId: "account-1",
  ...changes,
})

const github = (changes: Partial<OAuth> = {}): OAuth => ({
  type: "oauth",
  refresh: "gho_1",
  access: "gho_1",
  expires: 0,
  ...changes,
})

interface Setup extends AsyncDisposable {
  test: TestInstance
  vendor: StandIn
  call(model: string, prompt?: LanguageModelV4CallOptions["prompt"], parent?: string): Promise<string>
}

async function setup(options: Parameters<typeof testInstance>[0] = {}): Promise<Setup> {
  const test = await testInstance({ now: () => NOW, ...options })
  const vendor = startLoginVendor(test.app)
  return {
    test,
    vendor,
    async call(name, prompt = [{ role: "user", content: [{ type: "text", text: "Hi" }] }], parentSessionID) {
      const [providerID = "", modelID = ""] = name.split("/")
      const model = await getModel(test.instance, { providerID, modelID })
      const call = { model, agent: AGENT, sessionID: "ses_1", ...(parentSessionID && { parentSessionID }) }
      const settings = await callOptions(test.instance, call)
      const language = await languageModel(test.instance, model)
      const { stream } = await language.doStream({ ...settings, prompt: prepareMessages(model, prompt) })
      return textOf(stream)
    },
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

async function textOf(stream: ReadableStream<LanguageModelV4StreamPart>): Promise<string> {
  let text = ""
  for await (const part of stream) {
    if (part.type === "error") throw part.error
    if (part.type === "text-delta") text += part.delta
  }
  return text
}

const bearer = (request: StandInRequest | undefined) => request?.headers.get("authorization")

describe("a ChatGPT account", () => {
  test("calls the backend for such accounts in the form that it takes", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "openai", chatGPT())
    it.vendor.answer("/codex/responses", () => responsesAnswer("Hello"))
    const prompt: LanguageModelV4CallOptions["prompt"] = [
      { role: "system", content: "Be good." },
      { role: "system", content: "Be short." },
      { role: "user", content: [{ type: "text", text: "Hi" }] },
    ]
    expect(await it.call("openai/gpt-5.4", prompt)).toBe("Hello")
    const [request] = it.vendor.to("/codex/responses")
    expect(bearer(request)).toBe("Bearer access-1")
    expect(request!.headers.get("chatgpt-account-id")).toBe("account-1")
    expect(request!.headers.get("originator")).toBe("opencode")
    expect(request!.headers.get("session_id")).toBe("ses_1")
    expect(request!.body).toMatchObject({
      instructions: "Be good.\n\nBe short.",
      input: [{ role: "user" }],
      store: false,
      stream: true,
    })
    expect(request!.body.max_output_tokens).toBeUndefined()
  })

  test("has the models that it may call, which cost nothing more", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "openai", chatGPT())
    const [openai] = await listProviders(it.test.instance)
    expect(openai).toMatchObject({ id: "openai", source: "custom" })
    const ids = Object.keys(openai!.models)
    expect(ids).toContain("gpt-5.4")
    expect(ids.filter((id) => /^(?:gpt-4|gpt-3|o\d|text-)|image|realtime|-pro$/.test(id))).toEqual([])
    expect(openai!.models["gpt-5.4"]!.cost).toEqual({ input: 0, output: 0, cache: { read: 0, write: 0 } })
    expect(JSON.stringify(openai)).not.toContain("access-1")
  })

  test("is renewed once, however many calls find it expired, and the new tokens are kept", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "openai", chatGPT({ expires: NOW - 1 }))
    it.vendor.answer("/oauth/token", { access_token: "access-2", refresh_token: "refresh-2", expires_in: 3600 })
    it.vendor.answer("/codex/responses", () => responsesAnswer("ok"))
    await Promise.all([1, 2, 3, 4].map(() => it.call("openai/gpt-5.4")))
    expect(it.vendor.to("/oauth/token").map(({ body }) => body)).toEqual([
      { grant_type: "refresh_token", refresh_token: "refresh-1", client_id: "app_EMoamEEZ73f0CkXaXp7hrann" },
    ])
    expect(it.vendor.to("/codex/responses").map(bearer)).toEqual(Array(4).fill("Bearer access-2"))
    expect(await findAuth(it.test.app, "openai")).toEqual(
      chatGPT({ access: "access-2", refresh: "refresh-2", expires: NOW + HOUR }),
    )
  })

  test("that was signed in to anew during a renewal keeps the new login", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "openai", chatGPT({ expires: NOW - 1 }))
    const fresh = chatGPT({ access: "fresh", refresh: "fresh-refresh" })
    it.vendor.answer("/oauth/token", async () => {
      await setAuth(it.test.app, "openai", fresh)
      return Response.json({ access_token: "access-2", refresh_token: "refresh-2" })
    })
    it.vendor.answer("/codex/responses", () => responsesAnswer("ok"))
    await it.call("openai/gpt-5.4")
    expect(await findAuth(it.test.app, "openai")).toEqual(fresh)
  })

  test("uses what another program has renewed", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "openai", chatGPT({ expires: NOW - 1 }))
    it.vendor.answer("/oauth/token", async () => {
      await setAuth(it.test.app, "openai", chatGPT({ access: "of-another", refresh: "refresh-9" }))
      return Response.json({ error: "invalid_grant" }, { status: 400 })
    })
    it.vendor.answer("/codex/responses", () => responsesAnswer("ok"))
    await it.call("openai/gpt-5.4")
    expect(bearer(it.vendor.to("/codex/responses")[0])).toBe("Bearer of-another")
  })

  test("of the environment is renewed once, too", async () => {
    const content = JSON.stringify({ openai: chatGPT({ expires: NOW - 1 }) })
    await using it = await setup({ env: { OPENCODE_AUTH_CONTENT: content } })
    it.vendor.answer("/oauth/token", { access_token: "access-2", refresh_token: "refresh-2", expires_in: 3600 })
    it.vendor.answer("/codex/responses", () => responsesAnswer("ok"))
    await it.call("openai/gpt-5.4")
    await it.call("openai/gpt-5.4")
    expect(it.vendor.to("/oauth/token")).toHaveLength(1)
    expect(it.vendor.to("/codex/responses").map(bearer)).toEqual(Array(2).fill("Bearer access-2"))
  })

  test("whose token is refused before its time is renewed, and asked again", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "openai", chatGPT())
    it.vendor.answer("/oauth/token", { access_token: tokenWith({ chatgpt_account_id: "account-2" }), expires_in: 3600 })
    it.vendor.answer("/codex/responses", refuse(401, "expired"), () => responsesAnswer("again"))
    expect(await it.call("openai/gpt-5.4")).toBe("again")
    const [, second] = it.vendor.to("/codex/responses")
    expect(second!.headers.get("chatgpt-account-id")).toBe("account-2")
    expect(await findAuth(it.test.app, "openai")).toMatchObject({ refresh: "refresh-1", accountId: "account-2" })
  })

  test("that is not renewed any more is an error that says so", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "openai", chatGPT({ expires: NOW - 1 }))
    it.vendor.answer("/oauth/token", refuse(400, "invalid_grant"))
    const error = await it.call("openai/gpt-5.4").catch((thrown) => runErrorOf(thrown, "openai"))
    expect(error).toEqual({
      name: "ProviderAuthError",
      data: { providerID: "openai", message: expect.stringContaining("Sign in again") },
    })
    expect(JSON.stringify(error)).not.toMatch(/access-1|refresh-1/)
  })

  test("whose login service is down is asked again later", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "openai", chatGPT({ expires: NOW - 1 }))
    it.vendor.answer("/oauth/token", refuse(503, "down"))
    const error = await it.call("openai/gpt-5.4").catch((thrown) => runErrorOf(thrown, "openai"))
    expect(error).toMatchObject({ name: "APIError", data: { message: expect.stringContaining("down") } })
    expect(retryDelay(error as RunError, 1)).toBeGreaterThan(0)
  })

  test("sends its token nowhere else, whatever the configuration says", async () => {
    await using it = await setup({
      config: {
        provider: {
          openai: {
            options: { baseURL: "http://127.0.0.1:1/evil" },
            models: { "gpt-5.4": { provider: { api: "http://127.0.0.1:1/evil" } } },
          },
        },
      },
    })
    await setAuth(it.test.app, "openai", chatGPT())
    it.vendor.answer("/codex/responses", () => responsesAnswer("safe"))
    expect(await it.call("openai/gpt-5.4")).toBe("safe")
  })

  test("gives way to a configured key", async () => {
    await using it = await setup({ config: { provider: { openai: { options: { apiKey: "sk-own" } } } } })
    await setAuth(it.test.app, "openai", chatGPT())
    const [openai] = await listProviders(it.test.instance)
    expect(openai!.models["gpt-4o"]).toBeDefined()
  })

  test("is gone once its credential is removed", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "openai", chatGPT())
    const model = await getModel(it.test.instance, { providerID: "openai", modelID: "gpt-5.4" })
    const language = await languageModel(it.test.instance, model)
    await removeAuth(it.test.app, "openai")
    expect((await listProviders(it.test.instance)).map(({ id }) => id)).toEqual(["demo"])
    const call = language.doStream({ prompt: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] })
    await expect(call).rejects.toThrow("Sign in again")
    expect(it.vendor.requests).toEqual([])
  })
})

describe("GitHub Copilot", () => {
  const image = {
    type: "file",
    mediaType: "image/png",
    data: { type: "data", data: "AAAA" },
  } as const

  test("says who began a request and what is in it", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "github-copilot", github())
    it.vendor.answer("/copilot/chat/completions", () => chatAnswer("Hi"))
    const asked: LanguageModelV4CallOptions["prompt"] = [
      { role: "user", content: [{ type: "text", text: "Look" }, image] },
    ]
    const working: LanguageModelV4CallOptions["prompt"] = [
      { role: "user", content: [{ type: "text", text: "Look" }] },
      { role: "assistant", content: [{ type: "tool-call", toolCallId: "c", toolName: "read", input: {} }] },
      {
        role: "tool",
        content: [
          { type: "tool-result", toolCallId: "c", toolName: "read", output: { type: "content", value: [image] } },
        ],
      },
    ]
    expect(await it.call("github-copilot/claude-sonnet-5", asked)).toBe("Hi")
    await it.call("github-copilot/claude-sonnet-5", working)
    await it.call("github-copilot/claude-sonnet-5", undefined, "ses_0")
    const requests = it.vendor.to("/copilot/chat/completions")
    expect(requests.map(bearer)).toEqual(Array(3).fill("Bearer gho_1"))
    expect(requests.map(({ headers }) => headers.get("x-initiator"))).toEqual(["user", "agent", "agent"])
    expect(requests.map(({ headers }) => headers.get("copilot-vision-request"))).toEqual(["true", "true", null])
    expect(requests[0]!.headers.get("openai-intent")).toBe("conversation-edits")
  })

  test("serves newer models by the Responses API, in which each event has another id", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "github-copilot", github())
    it.vendor.answer("/copilot/responses", () => responsesAnswer("Rotated", ["a", "b", "c"]))
    expect(await it.call("github-copilot/gpt-5.4")).toBe("Rotated")
    expect(it.vendor.to("/copilot/responses")[0]!.headers.get("x-initiator")).toBe("user")
  })

  test("of an enterprise has an address of its own", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "github-copilot", github({ enterpriseUrl: "company.ghe.com" }))
    it.vendor.answer("/company.ghe.com/copilot/chat/completions", () => chatAnswer("Hi"))
    expect(await it.call("github-copilot/gpt-5-mini")).toBe("Hi")
  })

  test("exchanges the login of another program for a token, and again when that expires", async () => {
    await using it = await setup()
    const stored = github({ access: "old", expires: NOW - 1 })
    await setAuth(it.test.app, "github-copilot", stored)
    it.vendor.answer("/api/copilot_internal/v2/token", { token: "tid=2", expires_at: (NOW + HOUR) / 1000 })
    it.vendor.answer("/copilot/chat/completions", () => chatAnswer("Hi"))
    await it.call("github-copilot/gpt-5-mini")
    await it.call("github-copilot/gpt-5-mini")
    const exchanges = it.vendor.to("/api/copilot_internal/v2/token")
    expect(exchanges.map(bearer)).toEqual(["token gho_1"])
    expect(it.vendor.to("/copilot/chat/completions").map(bearer)).toEqual(Array(2).fill("Bearer tid=2"))
    expect(await findAuth(it.test.app, "github-copilot")).toEqual({ ...stored, access: "tid=2", expires: NOW + HOUR })
  })

  test("that does not accept the login any more says so, after one request", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "github-copilot", github())
    it.vendor.answer("/copilot/chat/completions", refuse(401, "bad credentials gho_1"))
    const error = await it.call("github-copilot/gpt-5-mini").catch((thrown) => runErrorOf(thrown, "github-copilot"))
    expect(error).toMatchObject({
      name: "ProviderAuthError",
      data: { message: expect.stringContaining("Sign in again") },
    })
    expect(it.vendor.requests).toHaveLength(1)
  })

  test("that refuses for another reason is quoted without the token", async () => {
    await using it = await setup()
    await setAuth(it.test.app, "github-copilot", github({ access: "opaque-token-1", refresh: "opaque-token-1" }))
    it.vendor.answer("/copilot/chat/completions", () =>
      Response.json({ error: { message: "opaque-token-1 has no Copilot" } }, { status: 403 }),
    )
    const error = await it.call("github-copilot/gpt-5-mini").catch((thrown) => runErrorOf(thrown, "github-copilot"))
    expect(error).toMatchObject({ name: "APIError", data: { statusCode: 403, message: "[redacted] has no Copilot" } })
  })

  test("takes a token of the environment", async () => {
    await using it = await setup({ env: { GITHUB_TOKEN: "ghp_env" } })
    it.vendor.answer("/copilot/chat/completions", () => chatAnswer("Hi"))
    await it.call("github-copilot/gpt-5-mini")
    const [request] = it.vendor.to("/copilot/chat/completions")
    expect(bearer(request)).toBe("Bearer ghp_env")
    expect(request!.headers.get("x-initiator")).toBe("user")
  })
})

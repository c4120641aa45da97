import { expect, test } from "bun:test"
import { setAuth } from "../../src/auth/auth"
import { defaultModel } from "../../src/provider/default-model"
import { getModel, parseModel, smallModel } from "../../src/provider/model"
import { modelFrom } from "../../src/provider/model-object"
import { defaultModels, listProviders, providerCatalogueBody } from "../../src/provider/provider"
import type { Model } from "../../src/schema/provider"
import { type TestInstance, testInstance, writeState } from "../helper/instance"

const KEY = "sk-a-key-nobody-may-see"

const custom = {
  provider: {
    own: {
      name: "Own",
      npm: "@ai-sdk/openai-compatible",
      options: { baseURL: "http://127.0.0.1:1/v1", apiKey: KEY, headers: { "x-api-key": KEY, "x-team": "a" } },
      models: {
        plain: { name: "Plain", limit: { context: 100_000, output: 4096 } },
        reason: { reasoning: true, variants: { high: { extra: 1 }, low: { disabled: true } } },
        seeing: { attachment: true, modalities: { input: ["text", "image", "pdf"], output: ["text"] } },
      },
    },
  },
}

const providerIDs = async ({ instance }: TestInstance) => (await listProviders(instance)).map((provider) => provider.id)

async function catalogueOf({ instance }: TestInstance) {
  const text = new TextDecoder().decode(Bun.gunzipSync(await providerCatalogueBody(instance)))
  return JSON.parse(text) as {
    all: { id: string; models: Record<string, Model> }[]
    default: object
    connected: string[]
  }
}

test("a configured model has every field, the absent ones with their defaults", async () => {
  await using test = await testInstance({ config: custom })
  const text = { text: true, audio: false, image: false, video: false, pdf: false }
  expect(await getModel(test.instance, { providerID: "own", modelID: "plain" })).toEqual({
    id: "plain",
    providerID: "own",
    api: { id: "plain", url: "", npm: "@ai-sdk/openai-compatible" },
    name: "Plain",
    family: "",
    capabilities: {
      temperature: false,
      reasoning: false,
      attachment: false,
      toolcall: true,
      input: text,
      output: text,
      interleaved: false,
    },
    cost: { input: 0, output: 0, cache: { read: 0, write: 0 } },
    limit: { context: 100_000, output: 4096 },
    status: "active",
    options: {},
    headers: {},
    release_date: "",
    variants: {},
  })
  const reason = await getModel(test.instance, { providerID: "own", modelID: "reason" })
  expect(reason.variants).toEqual({
    medium: { reasoningEffort: "medium" },
    high: { reasoningEffort: "high", extra: 1 },
  })
  const seeing = await getModel(test.instance, { providerID: "own", modelID: "seeing" })
  expect(seeing.capabilities.input).toMatchObject({ text: true, image: true, pdf: true, audio: false })
})

test("no answer holds a key", async () => {
  await using test = await testInstance({ config: custom, env: { OPENAI_API_KEY: KEY } })
  await setAuth(test.app, "anthropic", { type: "api", key: KEY })
  const providers = await listProviders(test.instance)
  expect(providers.map(({ id, source }) => [id, source])).toEqual([
    ["anthropic", "api"],
    ["openai", "env"],
    ["own", "config"],
  ])
  expect(providers[2]!.options).toEqual({ baseURL: "http://127.0.0.1:1/v1", headers: { "x-team": "a" } })
  expect(JSON.stringify([providers, await catalogueOf(test)])).not.toContain(KEY)
})

test("the catalogue lists everything, connected ones as they are configured", async () => {
  await using test = await testInstance({ config: custom })
  const { all, connected, default: best } = await catalogueOf(test)
  expect(connected).toEqual(["own"])
  expect(all.length).toBeGreaterThan(200)
  expect(Object.keys(all.find(({ id }) => id === "own")!.models)).toEqual(["plain", "reason", "seeing"])
  const claude = all.find(({ id }) => id === "anthropic")!.models["claude-sonnet-4-6"]!
  expect(claude).toMatchObject({
    providerID: "anthropic",
    api: { npm: "@ai-sdk/anthropic" },
    capabilities: { toolcall: true },
  })
  expect(claude.limit.context).toBeGreaterThan(100_000)
  expect(Object.keys(claude.variants!)).toEqual(["low", "medium", "high", "max"])
  expect(best).toMatchObject({ own: "seeing", anthropic: "claude-sonnet-4-6" })
})

test("enabled_providers and disabled_providers", async () => {
  await using only = await testInstance({
    config: { ...custom, enabled_providers: ["own"] },
    env: { OPENAI_API_KEY: KEY },
  })
  expect(await providerIDs(only)).toEqual(["own"])
  expect((await catalogueOf(only)).all.map(({ id }) => id)).toEqual(["own"])
  await using without = await testInstance({ config: { ...custom, disabled_providers: ["own"] } })
  expect(await providerIDs(without)).toEqual(["demo"])
})

test("whitelist, blacklist, a changed catalogue model", async () => {
  await using test = await testInstance({
    env: { ANTHROPIC_API_KEY: KEY },
    config: {
      provider: {
        anthropic: { whitelist: ["claude-sonnet-4-6", "mine"], models: { mine: { id: "claude-sonnet-4-6" } } },
        openai: { options: { apiKey: KEY }, blacklist: ["gpt-5-nano"], models: { "gpt-5-mini": { name: "Mini" } } },
      },
    },
  })
  const [anthropic, openai] = await listProviders(test.instance)
  expect(Object.keys(anthropic!.models)).toEqual(["claude-sonnet-4-6", "mine"])
  expect(anthropic!.models.mine).toMatchObject({
    name: "mine",
    api: { id: "claude-sonnet-4-6", npm: "@ai-sdk/anthropic" },
  })
  expect(openai!.models["gpt-5-nano"]).toBeUndefined()
  expect(openai!.models["gpt-5-mini"]).toMatchObject({ name: "Mini", capabilities: { reasoning: true } })
  expect(openai!.models["gpt-5-mini"]!.cost.input).toBeGreaterThan(0)
})

test("a stored credential counts at once", async () => {
  await using test = await testInstance()
  expect(await providerIDs(test)).toEqual(["demo"])
  await setAuth(test.app, "anthropic", { type: "api", key: KEY })
  expect(await providerIDs(test)).toEqual(["anthropic"])
})

test("the default model: configured, last used, best of the first provider, demo", async () => {
  await using nothing = await testInstance()
  expect(await defaultModel(nothing.instance)).toEqual({ providerID: "demo", modelID: "script" })
  await using own = await testInstance({ config: custom, env: { ANTHROPIC_API_KEY: KEY } })
  expect(await defaultModel(own.instance)).toEqual({ providerID: "own", modelID: "seeing" })
  const recent = [
    { providerID: "gone", modelID: "x" },
    { providerID: "own", modelID: "plain" },
  ]
  await writeState(own.app, "state", "model.json", JSON.stringify({ recent, favorite: [] }))
  expect(await defaultModel(own.instance)).toEqual({ providerID: "own", modelID: "plain" })
  await using named = await testInstance({ config: { ...custom, model: "own/a/b" } })
  expect(await defaultModel(named.instance)).toEqual({ providerID: "own", modelID: "a/b" })
})

test("the best model of a provider", () => {
  const model = (id: string) =>
    modelFrom(id.startsWith("speech") ? { tool_call: false } : {}, { id, providerID: "p", npm: "", api: "" })
  const provider = (ids: string[]) => ({
    id: "p",
    name: "p",
    source: "config" as const,
    env: [],
    options: {},
    models: Object.fromEntries(ids.map((id) => [id, model(id)])),
  })
  expect(defaultModels([provider(["a", "c", "b"])])).toEqual({ p: "c" })
  expect(defaultModels([provider(["x-latest", "z", "gpt-5"])])).toEqual({ p: "gpt-5" })
  expect(defaultModels([provider(["x-latest", "z"])])).toEqual({ p: "x-latest" })
  expect(defaultModels([provider(["a", "speech-latest"])])).toEqual({ p: "a" })
  expect(defaultModels([provider(["speech-1", "speech-2"])])).toEqual({ p: "speech-2" })
  expect(defaultModels([provider([])])).toEqual({})
})

test("the model for side work", async () => {
  await using test = await testInstance({ config: custom, env: { ANTHROPIC_API_KEY: KEY } })
  expect((await smallModel(test.instance, "anthropic"))?.id).toContain("haiku")
  expect(await smallModel(test.instance, "own")).toBeUndefined()
  await using named = await testInstance({ config: { ...custom, small_model: "own/plain" } })
  expect((await smallModel(named.instance, "demo"))?.id).toBe("plain")
})

test("an unknown model is a 404 that helps", async () => {
  await using test = await testInstance({ config: custom })
  const message = (providerID: string, modelID: string) =>
    getModel(test.instance, { providerID, modelID }).then(
      () => "found",
      (error: Error) => error.message,
    )
  expect(await message("own", "palin")).toBe("Model not found: own/palin. Did you mean: plain?")
  expect(await message("own", "zzz")).toBe("Model not found: own/zzz.")
  expect(await message("antropic", "x")).toContain("Did you mean: anthropic")
  expect(await message("anthropic", "claude-sonnet-4-6")).toContain("ANTHROPIC_API_KEY")
  expect(await message("own", "constructor")).toBe("Model not found: own/constructor.")
  expect(await message("__proto__", "x")).toStartWith("Model not found: __proto__/x.")
})

test("parseModel", () => {
  expect(parseModel("a/b/c")).toEqual({ providerID: "a", modelID: "b/c" })
  for (const bad of ["", "a", "/b", "a/"]) expect(() => parseModel(bad)).toThrow("provider/model")
})

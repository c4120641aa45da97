import { expect, test } from "bun:test"
import { watch } from "node:fs"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { getCatalogue, refresh } from "../../src/provider/catalogue"
import { modelFrom } from "../../src/provider/model-object"
import { testInstance, writeState } from "../helper/instance"

const published = {
  acme: {
    id: "acme",
    name: "Acme",
    env: ["ACME_KEY"],
    npm: "@ai-sdk/openai-compatible",
    api: "https://acme.example/v1",
    models: {
      one: {
        id: "one",
        name: "One",
        reasoning: true,
        tool_call: true,
        reasoning_options: [{ type: "effort", values: ["low", "max"] }],
        cost: { input: 1, output: 2, cache_read: 0.5, context_over_200k: { input: 2, output: 4 } },
        limit: { context: 1000, output: 100 },
        experimental: { modes: { fast: { provider: { body: { service_tier: "priority" } } } } },
        further: "unknown to us",
      },
      broken: { limit: "none" },
    },
  },
  broken: "no provider",
}

const startSite = (answer: () => Response) => {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer })
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) }
}

const DAY = 24 * 60 * 60 * 1000

test("what was fetched is used by the next start, in the wire's terms", async () => {
  await using site = startSite(() => Response.json(published))
  // Later than the date of the catalogue in the program.
  await using test = await testInstance({
    env: { OPENCODE_MODELS_URL: `${site.url}/` },
    now: () => Date.now() + 400 * DAY,
  })
  expect([...(await getCatalogue(test.app)).providers.keys()]).toContain("anthropic")
  await refresh(test.app)
  const next = { ...test.app }
  const catalogue = await getCatalogue(next)
  expect([...catalogue.providers.keys()]).toEqual(["acme"])
  const models = catalogue.modelsOf("acme")
  expect(Object.keys(models)).toEqual(["one", "one-fast"])
  const place = { id: "one", providerID: "acme", npm: "@ai-sdk/openai-compatible", api: "https://acme.example/v1" }
  expect(modelFrom(models.one!, place)).toMatchObject({
    api: { id: "one", url: "https://acme.example/v1" },
    cost: { input: 1, cache: { read: 0.5, write: 0 }, experimentalOver200K: { input: 2, output: 4 } },
    variants: { low: { reasoningEffort: "low" }, max: { reasoningEffort: "max" } },
  })
  expect(modelFrom(models["one-fast"]!, { ...place, id: "one-fast" })).toMatchObject({
    name: "One Fast",
    api: { id: "one" },
    options: { serviceTier: "priority" },
  })
})

test("a site that fails or answers nonsense leaves what is there", async () => {
  for (const answer of [
    () => new Response("no", { status: 500 }),
    () => new Response("{}"),
    () => new Response("<html>"),
  ]) {
    await using site = startSite(answer)
    await using test = await testInstance({ env: { OPENCODE_MODELS_URL: site.url } })
    await expect(refresh(test.app)).rejects.toThrow()
    expect(await Bun.file(join(test.app.paths.cache, "model-catalogue.jsonl.gz")).exists()).toBe(false)
  }
})

test("a cache that cannot be read is no obstacle", async () => {
  await using test = await testInstance()
  await writeState(test.app, "cache", "model-catalogue.jsonl.gz", "not gzip")
  expect((await getCatalogue(test.app)).providers.size).toBeGreaterThan(200)
  expect(test.log.join("")).toContain("cannot be read")
})

test("an old catalogue is fetched anew without anybody waiting for it", async () => {
  await using site = startSite(() => Response.json(published))
  await using test = await testInstance({
    env: { OPENCODE_MODELS_URL: site.url, OPENCODE_DISABLE_MODELS_FETCH: "" },
    now: () => Date.now() + 400 * DAY,
  })
  const { cache } = test.app.paths
  await mkdir(cache)
  const stored = Promise.withResolvers<void>()
  const watcher = watch(cache, (_, name) => {
    if (name === "model-catalogue.jsonl.gz") stored.resolve()
  })
  expect((await getCatalogue(test.app)).providers.size).toBeGreaterThan(200)
  await stored.promise
  watcher.close()
  expect([...(await getCatalogue({ ...test.app })).providers.keys()]).toEqual(["acme"])
})

test("OPENCODE_MODELS_PATH replaces the catalogue", async () => {
  await using first = await testInstance()
  await writeState(first.app, "temp", "api.json", JSON.stringify(published))
  await using test = await testInstance({ env: { OPENCODE_MODELS_PATH: join(first.app.paths.temp, "api.json") } })
  expect([...(await getCatalogue(test.app)).providers.keys()]).toEqual(["acme"])
})

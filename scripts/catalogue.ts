/**
 * Makes `src/provider/catalogue-snapshot.jsonl.gz`, the model catalogue inside the binary.
 *
 *     bun scripts/catalogue.ts FILE      FILE: the catalogue as models.dev publishes it (api.json), or as a server
 *                                        answers it at GET /provider ({all} or {providers}); may be gzipped
 *
 * The same file gives the same bytes, except for the date in the first line.
 */
import { isDeepStrictEqual } from "node:util"
import { catalogueLines } from "../src/provider/catalogue-format"
import { type ModelFacts, type ProviderFacts, readModelsDev } from "../src/provider/models-dev"
import type { Model, Provider } from "../src/schema/provider"

const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]
const TARGET = new URL("../src/provider/catalogue-snapshot.jsonl.gz", import.meta.url).pathname

const [file] = process.argv.slice(2)
if (!file) throw new Error("Usage: bun scripts/catalogue.ts FILE")
const bytes = await Bun.file(file).bytes()
const text = new TextDecoder().decode(bytes[0] === 0x1f ? Bun.gunzipSync(bytes) : bytes)
const data = JSON.parse(text)
const listed: Provider[] | undefined = data.all ?? data.providers
const facts = listed ? listed.map(factsOf) : readModelsDev(data)
const lines = catalogueLines(facts, Date.now())
const packed = Bun.gzipSync(new TextEncoder().encode(lines), { level: 9 })
await Bun.write(TARGET, packed)
console.log(`${facts.length} providers, ${lines.length} characters, ${packed.length} bytes packed`)

function factsOf(provider: Provider): ProviderFacts {
  const models = Object.values(provider.models)
  const npm = mostFrequent(models.map((model) => model.api.npm))
  const api = mostFrequent(models.map((model) => model.api.url))
  return {
    id: provider.id,
    name: provider.name,
    env: provider.env,
    npm,
    ...(api && { api }),
    models: Object.fromEntries(
      Object.entries(provider.models).map(([id, model]) => [id, modelFactsOf(id, model, { npm, api })]),
    ),
  }
}

/** The wire's model object in the terms of models.dev, defaults left out. */
function modelFactsOf(id: string, model: Model, provider: { npm: string; api: string }): ModelFacts {
  const { capabilities: can, cost, limit } = model
  const input = modalities(can.input)
  const output = modalities(can.output)
  const plainText = isDeepStrictEqual([input, output], [["text"], ["text"]])
  const own = {
    ...(model.api.npm !== provider.npm && { npm: model.api.npm }),
    ...(model.api.url !== provider.api && { api: model.api.url }),
  }
  return {
    ...(model.api.id !== id && { id: model.api.id }),
    name: model.name,
    ...(model.family && { family: model.family }),
    ...(can.attachment && { attachment: true }),
    ...(can.reasoning && { reasoning: true }),
    ...(can.temperature && { temperature: true }),
    ...(!can.toolcall && { tool_call: false }),
    ...(can.interleaved && { interleaved: can.interleaved }),
    ...(!plainText && { modalities: { input, output } }),
    ...(!isDeepStrictEqual(cost, { input: 0, output: 0, cache: { read: 0, write: 0 } }) && {
      cost: {
        ...price(cost),
        ...(cost.experimentalOver200K && { context_over_200k: price(cost.experimentalOver200K) }),
        ...(cost.tiers && { tiers: cost.tiers.map((tier) => ({ ...price(tier), tier: tier.tier })) }),
      },
    }),
    limit,
    ...(model.release_date && { release_date: model.release_date }),
    ...(model.status !== "active" && { status: model.status }),
    ...(Object.keys(own).length > 0 && { provider: own }),
    ...(Object.keys(model.options).length > 0 && { options: model.options }),
    ...(Object.keys(model.headers).length > 0 && { headers: model.headers }),
    variants: Object.fromEntries(
      Object.entries(model.variants ?? {}).sort(([a], [b]) => EFFORTS.indexOf(a) - EFFORTS.indexOf(b)),
    ),
  }
}

function price({ input, output, cache }: Pick<Model["cost"], "input" | "output" | "cache">) {
  return {
    input,
    output,
    ...(cache.read && { cache_read: cache.read }),
    ...(cache.write && { cache_write: cache.write }),
  }
}

function modalities(can: Model["capabilities"]["input"]) {
  return (["text", "audio", "image", "video", "pdf"] as const).filter((kind) => can[kind])
}

function mostFrequent(values: string[]): string {
  const count = new Map<string, number>()
  for (const value of values) count.set(value, (count.get(value) ?? 0) + 1)
  return [...count].sort((a, b) => b[1] - a[1])[0]?.[0] ?? ""
}

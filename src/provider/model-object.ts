import type { Model, Provider } from "../schema/provider"
import type { ModelFacts, ProviderFacts } from "./models-dev"
import { reasoningVariants } from "./variants"

const KINDS = ["text", "audio", "image", "video", "pdf"] as const

/** Where a model is listed. */
export interface Place {
  id: string
  providerID: string
  npm: string
  api: string
}

/** The wire's model object from what is known of a model; the place where it is listed gives its ids and its API. */
export function modelFrom(facts: ModelFacts, place: Place): Model {
  const npm = facts.provider?.npm ?? place.npm
  const model: Model = {
    id: place.id,
    providerID: place.providerID,
    api: { id: facts.id ?? place.id, url: facts.provider?.api ?? place.api, npm },
    name: facts.name ?? place.id,
    family: facts.family ?? "",
    capabilities: {
      temperature: facts.temperature ?? false,
      reasoning: facts.reasoning ?? false,
      attachment: facts.attachment ?? false,
      toolcall: facts.tool_call ?? true,
      input: kinds(facts.modalities?.input),
      output: kinds(facts.modalities?.output),
      interleaved: typeof facts.interleaved === "string" ? { field: facts.interleaved } : (facts.interleaved ?? false),
    },
    cost: costFrom(facts.cost),
    limit: { context: facts.limit?.context ?? 0, output: facts.limit?.output ?? 0, ...inputLimit(facts) },
    status: facts.status ?? "active",
    options: facts.options ?? {},
    headers: facts.headers ?? {},
    release_date: facts.release_date ?? "",
  }
  return { ...model, variants: facts.variants ?? reasoningVariants(model, facts.reasoning_options) }
}

/** A provider of the catalogue as clients see it while it is not connected. */
export function providerFrom(facts: Omit<ProviderFacts, "models">, models: Record<string, ModelFacts>): Provider {
  return {
    id: facts.id,
    name: facts.name,
    source: "custom",
    env: facts.env,
    options: {},
    models: Object.fromEntries(
      Object.entries(models).map(([id, model]) => [
        id,
        modelFrom(model, { id, providerID: facts.id, npm: facts.npm, api: facts.api ?? "" }),
      ]),
    ),
  }
}

function kinds(listed: readonly (typeof KINDS)[number][] = ["text"]): Model["capabilities"]["input"] {
  const has = new Set(listed)
  return {
    text: has.has("text"),
    audio: has.has("audio"),
    image: has.has("image"),
    video: has.has("video"),
    pdf: has.has("pdf"),
  }
}

const inputLimit = ({ limit }: ModelFacts) => (limit?.input === undefined ? {} : { input: limit.input })

type Price = { input: number; output: number; cache_read?: number; cache_write?: number }

function costFrom(cost: ModelFacts["cost"]): Model["cost"] {
  if (!cost) return price({ input: 0, output: 0 })
  return {
    ...price(cost),
    ...(cost.context_over_200k && { experimentalOver200K: price(cost.context_over_200k) }),
    ...(cost.tiers && { tiers: cost.tiers.map((tier) => ({ ...price(tier), tier: tier.tier })) }),
  }
}

const price = ({ input, output, cache_read, cache_write }: Price) => ({
  input,
  output,
  cache: { read: cache_read ?? 0, write: cache_write ?? 0 },
})

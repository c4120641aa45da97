import type { ProviderConfig } from "../schema/config-provider"
import type { Model } from "../schema/provider"
import { modelFrom, type Place } from "./model-object"
import type { ModelFacts } from "./models-dev"

type ModelConfig = NonNullable<ProviderConfig["models"]>[string]

/**
 * The model object of a configured model: what the configuration says, else what the catalogue says, else the defaults.
 * Variants of the configuration are added to the usual ones; those with `disabled` are taken out.
 */
export function mergedModel(known: Model | undefined, config: ModelConfig, place: Place): Model {
  const { variants, cost, headers, options, ...facts } = config
  const own: ModelFacts = { ...facts, ...(cost && { cost }), name: config.name ?? defaultName(known, config, place.id) }
  const model = modelFrom(known ? { ...own, id: own.id ?? known.api.id } : own, {
    ...place,
    npm: known && !config.provider?.npm ? known.api.npm : place.npm,
    api: place.api || (known?.api.url ?? ""),
  })
  const merged = known ? overKnown(known, model, config) : model
  return {
    ...merged,
    headers: { ...known?.headers, ...headers },
    options: { ...known?.options, ...options },
    variants: mergedVariants(merged.variants ?? {}, variants ?? {}),
  }
}

function defaultName(known: Model | undefined, config: ModelConfig, id: string): string {
  return config.id !== undefined && config.id !== id ? id : (known?.name ?? id)
}

/** What the configuration does not mention stays as the catalogue has it. */
function overKnown(known: Model, model: Model, config: ModelConfig): Model {
  const given = <T>(value: unknown, own: T, other: T): T => (value === undefined ? other : own)
  const can = known.capabilities
  return {
    ...model,
    family: given(config.family, model.family, known.family) ?? "",
    release_date: given(config.release_date, model.release_date, known.release_date),
    status: given(config.status, model.status, known.status),
    limit: given(config.limit, model.limit, known.limit),
    cost: given(config.cost, { ...known.cost, ...model.cost }, known.cost),
    variants: given(config.reasoning, model.variants, known.variants) ?? {},
    capabilities: {
      temperature: given(config.temperature, model.capabilities.temperature, can.temperature),
      reasoning: given(config.reasoning, model.capabilities.reasoning, can.reasoning),
      attachment: given(config.attachment, model.capabilities.attachment, can.attachment),
      toolcall: given(config.tool_call, model.capabilities.toolcall, can.toolcall),
      input: given(config.modalities?.input, model.capabilities.input, can.input),
      output: given(config.modalities?.output, model.capabilities.output, can.output),
      interleaved: given(config.interleaved, model.capabilities.interleaved, can.interleaved),
    },
  }
}

type Variants = NonNullable<Model["variants"]>

function mergedVariants(usual: Variants, configured: NonNullable<ModelConfig["variants"]>): Variants {
  const merged: Variants = { ...usual }
  for (const [name, { disabled, ...options }] of Object.entries(configured)) {
    if (disabled) delete merged[name]
    else merged[name] = { ...merged[name], ...options }
  }
  return merged
}

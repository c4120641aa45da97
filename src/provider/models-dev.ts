import { type Static, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { Medium, PricesConfig } from "../schema/config-provider"
import { ModelLimit, ModelStatus } from "../schema/provider"

const Anything = Type.Record(Type.String(), Type.Unknown())

/** What is known of a model, in the terms of models.dev. Everything absent has the default of `model-object.ts`. */
export const ModelFacts = Type.Object({
  /** The id that the vendor knows, when it is not the one under which the model is listed. */
  id: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  family: Type.Optional(Type.String()),
  attachment: Type.Optional(Type.Boolean()),
  reasoning: Type.Optional(Type.Boolean()),
  temperature: Type.Optional(Type.Boolean()),
  tool_call: Type.Optional(Type.Boolean()),
  interleaved: Type.Optional(Type.Union([Type.Boolean(), Type.String(), Type.Object({ field: Type.String() })])),
  modalities: Type.Optional(
    Type.Object({ input: Type.Optional(Type.Array(Medium)), output: Type.Optional(Type.Array(Medium)) }),
  ),
  cost: Type.Optional(
    Type.Intersect([
      PricesConfig,
      Type.Object({
        context_over_200k: Type.Optional(PricesConfig),
        tiers: Type.Optional(
          Type.Array(
            Type.Intersect([
              PricesConfig,
              Type.Object({ tier: Type.Object({ type: Type.Literal("context"), size: Type.Number() }) }),
            ]),
          ),
        ),
      }),
    ]),
  ),
  limit: Type.Optional(ModelLimit),
  release_date: Type.Optional(Type.String()),
  status: Type.Optional(ModelStatus),
  provider: Type.Optional(Type.Object({ npm: Type.Optional(Type.String()), api: Type.Optional(Type.String()) })),
  options: Type.Optional(Anything),
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  reasoning_options: Type.Optional(
    Type.Array(Type.Object({ type: Type.String(), values: Type.Optional(Type.Array(Type.Unknown())) })),
  ),
  variants: Type.Optional(Type.Record(Type.String(), Anything)),
})
export type ModelFacts = Static<typeof ModelFacts>

/** A provider of the catalogue. `npm` and `api` (base URL) hold for its models unless they name their own. */
export interface ProviderFacts {
  id: string
  name: string
  env: string[]
  npm: string
  api?: string
  models: Record<string, ModelFacts>
}

const PublishedProvider = Type.Object({
  name: Type.Optional(Type.String()),
  env: Type.Optional(Type.Array(Type.String())),
  npm: Type.Optional(Type.String()),
  api: Type.Optional(Type.String()),
  models: Type.Record(Type.String(), Type.Unknown()),
})

const Modes = Type.Object({
  experimental: Type.Object({
    modes: Type.Record(
      Type.String(),
      Type.Object({
        cost: Type.Optional(PricesConfig),
        provider: Type.Optional(
          Type.Object({
            body: Type.Optional(Anything),
            headers: Type.Optional(Type.Record(Type.String(), Type.String())),
          }),
        ),
      }),
    ),
  }),
})

/** Reads the catalogue as models.dev publishes it (`api.json`). Entries that do not fit are left out, not an error. */
export function readModelsDev(data: unknown): ProviderFacts[] {
  if (typeof data !== "object" || data === null) return []
  return Object.entries(data).flatMap(([id, provider]) => {
    if (!Value.Check(PublishedProvider, provider)) return []
    const models = Object.entries(provider.models).flatMap(([modelID, model]) => publishedModel(modelID, model))
    return [
      {
        id,
        name: provider.name ?? id,
        env: provider.env ?? [],
        npm: provider.npm ?? "@ai-sdk/openai-compatible",
        ...(provider.api && { api: provider.api }),
        models: Object.fromEntries(models),
      },
    ]
  })
}

/** A published model and its modes (`fast`, `pro`...), which clients know as models of their own. */
function publishedModel(id: string, model: unknown): [string, ModelFacts][] {
  if (!Value.Check(ModelFacts, model)) return []
  const facts = Value.Clean(ModelFacts, Value.Clone(model)) as ModelFacts
  const modes = Value.Check(Modes, model) ? Object.entries(model.experimental.modes) : []
  return [
    [id, facts],
    ...modes.map(([mode, { cost, provider }]): [string, ModelFacts] => [
      `${id}-${mode}`,
      {
        ...facts,
        id: facts.id ?? id,
        name: `${facts.name ?? id} ${mode[0]?.toUpperCase()}${mode.slice(1)}`,
        ...(cost && { cost: { ...facts.cost, ...cost } }),
        ...(provider?.body && { options: camelCased(provider.body) }),
        ...(provider?.headers && { headers: provider.headers }),
      },
    ]),
  ]
}

const camelCased = (body: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), value]),
  )

import { type Static, Type } from "@sinclair/typebox"
import { KnownReasoningField, ModelLimit, ModelStatus, ReasoningField } from "./provider"

/** Dollars per million tokens, in the words of models.dev. */
export const PricesConfig = Type.Object({
  input: Type.Number(),
  output: Type.Number(),
  cache_read: Type.Optional(Type.Number()),
  cache_write: Type.Optional(Type.Number()),
})

/** What goes into a model and comes out of it. */
export const Medium = Type.Union([
  Type.Literal("text"),
  Type.Literal("audio"),
  Type.Literal("image"),
  Type.Literal("video"),
  Type.Literal("pdf"),
])

const timeout = Type.Optional(Type.Union([Type.Integer({ exclusiveMinimum: 0 }), Type.Literal(false)]))

export const ProviderConfig = Type.Object(
  {
    api: Type.Optional(Type.String()),
    blacklist: Type.Optional(Type.Array(Type.String())),
    env: Type.Optional(Type.Array(Type.String())),
    id: Type.Optional(Type.String()),
    models: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({
          attachment: Type.Optional(Type.Boolean()),
          cost: Type.Optional(
            Type.Object({ ...PricesConfig.properties, context_over_200k: Type.Optional(PricesConfig) }),
          ),
          experimental: Type.Optional(Type.Boolean()),
          family: Type.Optional(Type.String()),
          headers: Type.Optional(Type.Record(Type.String(), Type.String())),
          id: Type.Optional(Type.String()),
          interleaved: Type.Optional(
            Type.Union([Type.Boolean(), KnownReasoningField, Type.String(), Type.Object({ field: ReasoningField })]),
          ),
          limit: Type.Optional(ModelLimit),
          modalities: Type.Optional(
            Type.Object({ input: Type.Optional(Type.Array(Medium)), output: Type.Optional(Type.Array(Medium)) }),
          ),
          name: Type.Optional(Type.String()),
          options: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
          provider: Type.Optional(
            Type.Object({ api: Type.Optional(Type.String()), npm: Type.Optional(Type.String()) }),
          ),
          reasoning: Type.Optional(Type.Boolean()),
          release_date: Type.Optional(Type.String()),
          status: Type.Optional(ModelStatus),
          temperature: Type.Optional(Type.Boolean()),
          tool_call: Type.Optional(Type.Boolean()),
          variants: Type.Optional(
            Type.Record(
              Type.String(),
              Type.Object({ disabled: Type.Optional(Type.Boolean()) }, { additionalProperties: true }),
            ),
          ),
        }),
      ),
    ),
    name: Type.Optional(Type.String()),
    npm: Type.Optional(Type.String()),
    options: Type.Optional(
      Type.Object(
        {
          apiKey: Type.Optional(Type.String()),
          baseURL: Type.Optional(Type.String()),
          chunkTimeout: timeout,
          enterpriseUrl: Type.Optional(Type.String()),
          headerTimeout: timeout,
          setCacheKey: Type.Optional(Type.Boolean()),
          timeout,
        },
        { additionalProperties: true },
      ),
    ),
    whitelist: Type.Optional(Type.Array(Type.String())),
  },
  { $id: "ProviderConfig" },
)
export type ProviderConfig = Static<typeof ProviderConfig>

import { type Static, Type } from "@sinclair/typebox"

/** Dollars per million tokens. */
export const Prices = Type.Object({
  cache: Type.Object({ read: Type.Number(), write: Type.Number() }),
  input: Type.Number(),
  output: Type.Number(),
})

/** How many tokens go into a model and come out of it. */
export const ModelLimit = Type.Object({
  context: Type.Number(),
  output: Type.Number(),
  input: Type.Optional(Type.Number()),
})

export const ModelStatus = Type.Union([
  Type.Literal("alpha"),
  Type.Literal("beta"),
  Type.Literal("deprecated"),
  Type.Literal("active"),
])

/** The fields in which vendors are known to put the reasoning of a message. */
export const KnownReasoningField = Type.Union([
  Type.Literal("reasoning"),
  Type.Literal("reasoning_content"),
  Type.Literal("reasoning_text"),
])
export const ReasoningField = Type.Union([KnownReasoningField, Type.String()])

const media = Type.Object({
  audio: Type.Boolean(),
  image: Type.Boolean(),
  pdf: Type.Boolean(),
  text: Type.Boolean(),
  video: Type.Boolean(),
})

export const Model = Type.Object(
  {
    id: Type.String(),
    api: Type.Object({ id: Type.String(), npm: Type.String(), url: Type.String() }),
    capabilities: Type.Object({
      attachment: Type.Boolean(),
      input: media,
      interleaved: Type.Union([
        Type.Boolean(),
        Type.Object({
          field: ReasoningField,
        }),
      ]),
      output: media,
      reasoning: Type.Boolean(),
      temperature: Type.Boolean(),
      toolcall: Type.Boolean(),
    }),
    cost: Type.Object({
      ...Prices.properties,
      experimentalOver200K: Type.Optional(Prices),
      tiers: Type.Optional(
        Type.Array(
          Type.Object({
            ...Prices.properties,
            tier: Type.Object({ type: Type.Literal("context"), size: Type.Number() }),
          }),
        ),
      ),
    }),
    headers: Type.Record(Type.String(), Type.String()),
    limit: ModelLimit,
    name: Type.String(),
    options: Type.Record(Type.String(), Type.Unknown()),
    providerID: Type.String(),
    release_date: Type.String(),
    status: ModelStatus,
    family: Type.Optional(Type.String()),
    variants: Type.Optional(Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()))),
  },
  { $id: "Model" },
)
export type Model = Static<typeof Model>

export const Provider = Type.Object(
  {
    id: Type.String(),
    env: Type.Array(Type.String()),
    models: Type.Record(Type.String(), Model),
    name: Type.String(),
    options: Type.Record(Type.String(), Type.Unknown()),
    source: Type.Union([Type.Literal("env"), Type.Literal("config"), Type.Literal("custom"), Type.Literal("api")]),
    key: Type.Optional(Type.String()),
  },
  { $id: "Provider" },
)
export type Provider = Static<typeof Provider>

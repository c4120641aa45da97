import { type Static, Type } from "@sinclair/typebox"

export const ModelRef = Type.Object(
  { id: Type.String(), providerID: Type.String(), variant: Type.Optional(Type.String()) },
  { $id: "ModelRef" },
)
export type ModelRef = Static<typeof ModelRef>

export const ModelApi = Type.Union(
  [
    Type.Object({
      id: Type.String(),
      type: Type.Literal("aisdk"),
      package: Type.String(),
      settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      url: Type.Optional(Type.String()),
    }),
    Type.Object({
      id: Type.String(),
      type: Type.Literal("native"),
      settings: Type.Record(Type.String(), Type.Unknown()),
      url: Type.Optional(Type.String()),
    }),
  ],
  { $id: "ModelApi" },
)
export type ModelApi = Static<typeof ModelApi>

export const ModelCapabilities = Type.Object(
  { input: Type.Array(Type.String()), output: Type.Array(Type.String()), tools: Type.Boolean() },
  { $id: "ModelCapabilities" },
)
export type ModelCapabilities = Static<typeof ModelCapabilities>

export const ModelCost = Type.Object(
  {
    cache: Type.Object({ read: Type.Number(), write: Type.Number() }),
    input: Type.Number(),
    output: Type.Number(),
    tier: Type.Optional(Type.Object({ type: Type.Literal("context"), size: Type.Integer() })),
  },
  { $id: "ModelCost" },
)
export type ModelCost = Static<typeof ModelCost>

/** A model as `/api` shows it. */
export const ModelV2Info = Type.Object(
  {
    id: Type.String(),
    api: ModelApi,
    capabilities: ModelCapabilities,
    cost: Type.Array(ModelCost),
    enabled: Type.Boolean(),
    limit: Type.Object({ context: Type.Integer(), output: Type.Integer(), input: Type.Optional(Type.Integer()) }),
    name: Type.String(),
    providerID: Type.String(),
    request: Type.Object({
      body: Type.Record(Type.String(), Type.Unknown()),
      headers: Type.Record(Type.String(), Type.String()),
      variant: Type.Optional(Type.String()),
    }),
    status: Type.Union([
      Type.Literal("alpha"),
      Type.Literal("beta"),
      Type.Literal("deprecated"),
      Type.Literal("active"),
    ]),
    time: Type.Object({ released: Type.Number() }),
    variants: Type.Array(
      Type.Object({
        id: Type.String(),
        body: Type.Record(Type.String(), Type.Unknown()),
        headers: Type.Record(Type.String(), Type.String()),
      }),
    ),
    family: Type.Optional(Type.String()),
  },
  { $id: "ModelV2Info" },
)
export type ModelV2Info = Static<typeof ModelV2Info>

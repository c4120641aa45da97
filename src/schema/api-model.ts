import { type Static, Type } from "@sinclair/typebox"
import { ProviderAISDK, ProviderNative, ProviderRequest } from "./api-provider"
import { ModelStatus, Prices } from "./provider"
import { SessionModel } from "./session"

export const ModelRef = Type.Object(SessionModel.properties, { $id: "ModelRef" })
export type ModelRef = Static<typeof ModelRef>

export const ModelApi = Type.Union(
  [
    Type.Object({ id: Type.String(), ...ProviderAISDK.properties }),
    Type.Object({ id: Type.String(), ...ProviderNative.properties }),
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
    ...Prices.properties,
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
    request: Type.Object({ ...ProviderRequest.properties, variant: Type.Optional(Type.String()) }),
    status: ModelStatus,
    time: Type.Object({ released: Type.Number() }),
    variants: Type.Array(Type.Object({ id: Type.String(), ...ProviderRequest.properties })),
    family: Type.Optional(Type.String()),
  },
  { $id: "ModelV2Info" },
)
export type ModelV2Info = Static<typeof ModelV2Info>

import { type Static, Type } from "@sinclair/typebox"

export const ProviderAISDK = Type.Object(
  {
    type: Type.Literal("aisdk"),
    package: Type.String(),
    settings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    url: Type.Optional(Type.String()),
  },
  { $id: "ProviderAISDK" },
)
export type ProviderAISDK = Static<typeof ProviderAISDK>

export const ProviderNative = Type.Object(
  {
    type: Type.Literal("native"),
    settings: Type.Record(Type.String(), Type.Unknown()),
    url: Type.Optional(Type.String()),
  },
  { $id: "ProviderNative" },
)
export type ProviderNative = Static<typeof ProviderNative>

export const ProviderApi = Type.Union([ProviderAISDK, ProviderNative], { $id: "ProviderApi" })
export type ProviderApi = Static<typeof ProviderApi>

/** What every call of a provider or model carries beyond the prompt. */
export const ProviderRequest = Type.Object(
  { body: Type.Record(Type.String(), Type.Unknown()), headers: Type.Record(Type.String(), Type.String()) },
  { $id: "ProviderRequest" },
)
export type ProviderRequest = Static<typeof ProviderRequest>

/** A provider as `/api` shows it. */
export const ProviderV2Info = Type.Object(
  {
    id: Type.String(),
    api: ProviderApi,
    name: Type.String(),
    request: ProviderRequest,
    disabled: Type.Optional(Type.Boolean()),
    integrationID: Type.Optional(Type.String()),
  },
  { $id: "ProviderV2Info" },
)
export type ProviderV2Info = Static<typeof ProviderV2Info>

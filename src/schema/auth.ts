import { type Static, Type } from "@sinclair/typebox"

export const ApiAuth = Type.Object(
  { type: Type.Literal("api"), key: Type.String(), metadata: Type.Optional(Type.Record(Type.String(), Type.String())) },
  { $id: "ApiAuth" },
)
export type ApiAuth = Static<typeof ApiAuth>

export const OAuth = Type.Object(
  {
    type: Type.Literal("oauth"),
    access: Type.String(),
    expires: Type.Integer({ minimum: 0 }),
    refresh: Type.String(),
    accountId: Type.Optional(Type.String()),
    enterpriseUrl: Type.Optional(Type.String()),
  },
  { $id: "OAuth" },
)
export type OAuth = Static<typeof OAuth>

export const WellKnownAuth = Type.Object(
  { type: Type.Literal("wellknown"), key: Type.String(), token: Type.String() },
  { $id: "WellKnownAuth" },
)
export type WellKnownAuth = Static<typeof WellKnownAuth>

export const Auth = Type.Union([OAuth, ApiAuth, WellKnownAuth], { $id: "Auth" })
export type Auth = Static<typeof Auth>

/** A prompt is asked when what was answered to another one is, or is not, of this value. */
export const PromptCondition = Type.Object({
  key: Type.String(),
  op: Type.Union([Type.Literal("eq"), Type.Literal("neq")]),
  value: Type.String(),
})

/** What a login wants to know first, as text. */
export const TextPrompt = Type.Object({
  type: Type.Literal("text"),
  key: Type.String(),
  message: Type.String(),
  placeholder: Type.Optional(Type.String()),
  when: Type.Optional(PromptCondition),
})

/** What a login wants to know first, as one of several answers. */
export const SelectPrompt = Type.Object({
  type: Type.Literal("select"),
  key: Type.String(),
  message: Type.String(),
  options: Type.Array(Type.Object({ label: Type.String(), value: Type.String(), hint: Type.Optional(Type.String()) })),
  when: Type.Optional(PromptCondition),
})

export const ProviderAuthMethod = Type.Object(
  {
    type: Type.Union([Type.Literal("oauth"), Type.Literal("api")]),
    label: Type.String(),
    prompts: Type.Optional(Type.Array(Type.Union([TextPrompt, SelectPrompt]))),
  },
  { $id: "ProviderAuthMethod" },
)
export type ProviderAuthMethod = Static<typeof ProviderAuthMethod>

export const ProviderAuthAuthorization = Type.Object(
  { instructions: Type.String(), method: Type.Union([Type.Literal("auto"), Type.Literal("code")]), url: Type.String() },
  { $id: "ProviderAuthAuthorization" },
)
export type ProviderAuthAuthorization = Static<typeof ProviderAuthAuthorization>

export const ProviderAuthError1 = Type.Object(
  {
    data: Type.Object({
      field: Type.Optional(Type.String()),
      kind: Type.Optional(Type.String()),
      message: Type.Optional(Type.String()),
      providerID: Type.Optional(Type.String()),
    }),
    name: Type.Union([
      Type.Literal("BadRequest"),
      Type.Literal("ProviderAuthOauthMissing"),
      Type.Literal("ProviderAuthOauthCodeMissing"),
      Type.Literal("ProviderAuthOauthCallbackFailed"),
      Type.Literal("ProviderAuthValidationFailed"),
    ]),
  },
  { $id: "ProviderAuthError1" },
)
export type ProviderAuthError1 = Static<typeof ProviderAuthError1>

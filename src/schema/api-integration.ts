import { type Static, Type } from "@sinclair/typebox"
import { PromptCondition, SelectPrompt, TextPrompt } from "./auth"

export const IntegrationWhen = Type.Object(PromptCondition.properties, { $id: "IntegrationWhen" })
export type IntegrationWhen = Static<typeof IntegrationWhen>

export const IntegrationTextPrompt = Type.Object(
  { ...TextPrompt.properties, when: Type.Optional(IntegrationWhen) },
  { $id: "IntegrationTextPrompt" },
)
export type IntegrationTextPrompt = Static<typeof IntegrationTextPrompt>

export const IntegrationSelectPrompt = Type.Object(
  { ...SelectPrompt.properties, when: Type.Optional(IntegrationWhen) },
  { $id: "IntegrationSelectPrompt" },
)
export type IntegrationSelectPrompt = Static<typeof IntegrationSelectPrompt>

export const IntegrationOAuthMethod = Type.Object(
  {
    id: Type.String(),
    type: Type.Literal("oauth"),
    label: Type.String(),
    prompts: Type.Optional(Type.Array(Type.Union([IntegrationTextPrompt, IntegrationSelectPrompt]))),
  },
  { $id: "IntegrationOAuthMethod" },
)
export type IntegrationOAuthMethod = Static<typeof IntegrationOAuthMethod>

export const IntegrationKeyMethod = Type.Object(
  { type: Type.Literal("key"), label: Type.Optional(Type.String()) },
  { $id: "IntegrationKeyMethod" },
)
export type IntegrationKeyMethod = Static<typeof IntegrationKeyMethod>

export const IntegrationEnvMethod = Type.Object(
  { type: Type.Literal("env"), names: Type.Array(Type.String()) },
  { $id: "IntegrationEnvMethod" },
)
export type IntegrationEnvMethod = Static<typeof IntegrationEnvMethod>

export const IntegrationMethod = Type.Union([IntegrationOAuthMethod, IntegrationKeyMethod, IntegrationEnvMethod], {
  $id: "IntegrationMethod",
})
export type IntegrationMethod = Static<typeof IntegrationMethod>

export const ConnectionCredentialInfo = Type.Object(
  { id: Type.String(), type: Type.Literal("credential"), label: Type.String() },
  { $id: "ConnectionCredentialInfo" },
)
export type ConnectionCredentialInfo = Static<typeof ConnectionCredentialInfo>

export const ConnectionEnvInfo = Type.Object(
  { type: Type.Literal("env"), name: Type.String() },
  { $id: "ConnectionEnvInfo" },
)
export type ConnectionEnvInfo = Static<typeof ConnectionEnvInfo>

export const ConnectionInfo = Type.Union([ConnectionCredentialInfo, ConnectionEnvInfo], { $id: "ConnectionInfo" })
export type ConnectionInfo = Static<typeof ConnectionInfo>

/** Something to log in to: the ways, and the credentials that there are. */
export const IntegrationInfo = Type.Object(
  {
    id: Type.String(),
    connections: Type.Array(ConnectionInfo),
    methods: Type.Array(IntegrationMethod),
    name: Type.String(),
  },
  { $id: "IntegrationInfo" },
)
export type IntegrationInfo = Static<typeof IntegrationInfo>

import { type Static, Type } from "@sinclair/typebox"
import { ModelRef } from "./api-model"
import { PermissionV2Ruleset } from "./api-permission"

export const AgentColor = Type.Union(
  [
    Type.String({ pattern: "^#[0-9a-fA-F]{6}$" }),
    Type.Union([
      Type.Literal("primary"),
      Type.Literal("secondary"),
      Type.Literal("accent"),
      Type.Literal("success"),
      Type.Literal("warning"),
      Type.Literal("error"),
      Type.Literal("info"),
    ]),
  ],
  { $id: "AgentColor" },
)
export type AgentColor = Static<typeof AgentColor>

export const ProviderRequest = Type.Object(
  { body: Type.Record(Type.String(), Type.Unknown()), headers: Type.Record(Type.String(), Type.String()) },
  { $id: "ProviderRequest" },
)
export type ProviderRequest = Static<typeof ProviderRequest>

/** An agent as `/api` shows it. */
export const AgentV2Info = Type.Object(
  {
    id: Type.String(),
    hidden: Type.Boolean(),
    mode: Type.Union([Type.Literal("subagent"), Type.Literal("primary"), Type.Literal("all")]),
    permissions: PermissionV2Ruleset,
    request: ProviderRequest,
    color: Type.Optional(AgentColor),
    description: Type.Optional(Type.String()),
    model: Type.Optional(ModelRef),
    steps: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
    system: Type.Optional(Type.String()),
  },
  { $id: "AgentV2Info" },
)
export type AgentV2Info = Static<typeof AgentV2Info>

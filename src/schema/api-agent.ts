import { type Static, Type } from "@sinclair/typebox"
import { AgentColor, AgentMode } from "./agent"
import { ModelRef } from "./api-model"
import { PermissionV2Ruleset } from "./api-permission"
import { ProviderRequest } from "./api-provider"

export const AgentV2Color = Type.Union(AgentColor.anyOf, { $id: "AgentColor" })
export type AgentV2Color = Static<typeof AgentV2Color>

/** An agent as `/api` shows it. */
export const AgentV2Info = Type.Object(
  {
    id: Type.String(),
    hidden: Type.Boolean(),
    mode: AgentMode,
    permissions: PermissionV2Ruleset,
    request: ProviderRequest,
    color: Type.Optional(AgentV2Color),
    description: Type.Optional(Type.String()),
    model: Type.Optional(ModelRef),
    steps: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
    system: Type.Optional(Type.String()),
  },
  { $id: "AgentV2Info" },
)
export type AgentV2Info = Static<typeof AgentV2Info>

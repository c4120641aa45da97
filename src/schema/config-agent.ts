import { type Static, Type } from "@sinclair/typebox"
import { AgentColor, AgentMode } from "./agent"
import { PermissionConfig } from "./config-permission"

export const AgentConfig = Type.Object(
  {
    color: Type.Optional(AgentColor),
    description: Type.Optional(Type.String()),
    disable: Type.Optional(Type.Boolean()),
    hidden: Type.Optional(Type.Boolean()),
    maxSteps: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
    mode: Type.Optional(AgentMode),
    model: Type.Optional(Type.String()),
    options: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    permission: Type.Optional(PermissionConfig),
    prompt: Type.Optional(Type.String()),
    steps: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
    temperature: Type.Optional(Type.Number()),
    tools: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
    top_p: Type.Optional(Type.Number()),
    variant: Type.Optional(Type.String()),
  },
  { $id: "AgentConfig", additionalProperties: true },
)
export type AgentConfig = Static<typeof AgentConfig>

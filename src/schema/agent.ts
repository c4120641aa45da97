import { type Static, Type } from "@sinclair/typebox"
import { PermissionRuleset } from "./permission"

export const Agent = Type.Object(
  {
    mode: Type.Union([Type.Literal("subagent"), Type.Literal("primary"), Type.Literal("all")]),
    name: Type.String(),
    options: Type.Record(Type.String(), Type.Unknown()),
    permission: PermissionRuleset,
    color: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    hidden: Type.Optional(Type.Boolean()),
    model: Type.Optional(Type.Object({ modelID: Type.String(), providerID: Type.String() })),
    native: Type.Optional(Type.Boolean()),
    prompt: Type.Optional(Type.String()),
    steps: Type.Optional(Type.Number()),
    temperature: Type.Optional(Type.Number()),
    topP: Type.Optional(Type.Number()),
    variant: Type.Optional(Type.String()),
  },
  { $id: "Agent" },
)
export type Agent = Static<typeof Agent>

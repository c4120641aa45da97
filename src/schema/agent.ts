import { type Static, Type } from "@sinclair/typebox"
import { PermissionRuleset } from "./permission"

/** Who may start an agent: the user, another agent, or both. */
export const AgentMode = Type.Union([Type.Literal("subagent"), Type.Literal("primary"), Type.Literal("all")])

/** A colour of one's own, or one of the client's theme. */
export const AgentColor = Type.Union([
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
])

export const Agent = Type.Object(
  {
    mode: AgentMode,
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

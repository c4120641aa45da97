import { type Static, Type } from "@sinclair/typebox"

export const Command = Type.Object(
  {
    hints: Type.Array(Type.String()),
    name: Type.String(),
    template: Type.String(),
    agent: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    model: Type.Optional(Type.String()),
    source: Type.Optional(Type.Union([Type.Literal("command"), Type.Literal("mcp"), Type.Literal("skill")])),
    subtask: Type.Optional(Type.Boolean()),
  },
  { $id: "Command" },
)
export type Command = Static<typeof Command>

import { type Static, Type } from "@sinclair/typebox"

export const Command = Type.Object(
  {
    hints: Type.Array(Type.String()),
    name: Type.String(),
    // Of an MCP server's prompt only the server knows the text; clients know an empty object there.
    template: Type.Union([Type.String(), Type.Object({})]),
    agent: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    model: Type.Optional(Type.String()),
    source: Type.Optional(Type.Union([Type.Literal("command"), Type.Literal("mcp"), Type.Literal("skill")])),
    subtask: Type.Optional(Type.Boolean()),
  },
  { $id: "Command" },
)
export type Command = Static<typeof Command>

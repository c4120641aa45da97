import { type Static, Type } from "@sinclair/typebox"

export const ToolIDs = Type.Array(Type.String(), { $id: "ToolIDs" })
export type ToolIDs = Static<typeof ToolIDs>

export const ToolListItem = Type.Object(
  { id: Type.String(), description: Type.String(), parameters: Type.Unknown() },
  { $id: "ToolListItem" },
)
export type ToolListItem = Static<typeof ToolListItem>

export const ToolList = Type.Array(ToolListItem, { $id: "ToolList" })
export type ToolList = Static<typeof ToolList>

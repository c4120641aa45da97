import { type Static, Type } from "@sinclair/typebox"

export const Todo = Type.Object(
  { content: Type.String(), priority: Type.String(), status: Type.String() },
  { $id: "Todo" },
)
export type Todo = Static<typeof Todo>

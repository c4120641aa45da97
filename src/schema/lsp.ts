import { type Static, Type } from "@sinclair/typebox"

export const LSPStatus = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    root: Type.String(),
    status: Type.Union([Type.Literal("connected"), Type.Literal("error")]),
  },
  { $id: "LSPStatus" },
)
export type LSPStatus = Static<typeof LSPStatus>

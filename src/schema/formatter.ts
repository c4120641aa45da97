import { type Static, Type } from "@sinclair/typebox"

export const FormatterStatus = Type.Object(
  { enabled: Type.Boolean(), extensions: Type.Array(Type.String()), name: Type.String() },
  { $id: "FormatterStatus" },
)
export type FormatterStatus = Static<typeof FormatterStatus>

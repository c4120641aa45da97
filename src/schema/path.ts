import { type Static, Type } from "@sinclair/typebox"

export const Path = Type.Object(
  {
    config: Type.String(),
    directory: Type.String(),
    home: Type.String(),
    state: Type.String(),
    worktree: Type.String(),
  },
  { $id: "Path" },
)
export type Path = Static<typeof Path>

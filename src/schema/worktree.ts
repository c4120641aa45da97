import { type Static, Type } from "@sinclair/typebox"

export const Worktree = Type.Object(
  { directory: Type.String(), name: Type.String(), branch: Type.Optional(Type.String()) },
  { $id: "Worktree" },
)
export type Worktree = Static<typeof Worktree>

export const WorktreeCreateInput = Type.Object(
  { name: Type.Optional(Type.String()), startCommand: Type.Optional(Type.String()) },
  { $id: "WorktreeCreateInput" },
)
export type WorktreeCreateInput = Static<typeof WorktreeCreateInput>

export const WorktreeRemoveInput = Type.Object({ directory: Type.String() }, { $id: "WorktreeRemoveInput" })
export type WorktreeRemoveInput = Static<typeof WorktreeRemoveInput>

export const WorktreeResetInput = Type.Object({ directory: Type.String() }, { $id: "WorktreeResetInput" })
export type WorktreeResetInput = Static<typeof WorktreeResetInput>

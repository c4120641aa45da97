import { type Static, Type } from "@sinclair/typebox"

/** What happened to a file. */
export const FileChange = Type.Union([Type.Literal("added"), Type.Literal("deleted"), Type.Literal("modified")])

export const SnapshotFileDiff = Type.Object(
  {
    additions: Type.Number(),
    deletions: Type.Number(),
    file: Type.Optional(Type.String()),
    patch: Type.Optional(Type.String()),
    status: Type.Optional(FileChange),
  },
  { $id: "SnapshotFileDiff" },
)
export type SnapshotFileDiff = Static<typeof SnapshotFileDiff>

export const FileDiff = Type.Object(
  {
    additions: Type.Integer({ minimum: 0 }),
    deletions: Type.Integer({ minimum: 0 }),
    patch: Type.String(),
    path: Type.String(),
    status: Type.Union([Type.Literal("added"), Type.Literal("modified"), Type.Literal("deleted")]),
  },
  { $id: "FileDiff" },
)
export type FileDiff = Static<typeof FileDiff>

import { type Static, Type } from "@sinclair/typebox"
import { FileChange, SnapshotFileDiff } from "./snapshot"

const branchName = Type.Optional(Type.Union([Type.String(), Type.Null()]))

/** Null outside of git, and for a detached head. */
export const VcsInfo = Type.Object({ branch: branchName, default_branch: branchName }, { $id: "VcsInfo" })
export type VcsInfo = Static<typeof VcsInfo>

export const VcsFileStatus = Type.Object(
  {
    additions: Type.Number(),
    deletions: Type.Number(),
    file: Type.String(),
    status: FileChange,
  },
  { $id: "VcsFileStatus" },
)
export type VcsFileStatus = Static<typeof VcsFileStatus>

export const VcsFileDiff = Type.Object({ ...SnapshotFileDiff.properties, file: Type.String() }, { $id: "VcsFileDiff" })
export type VcsFileDiff = Static<typeof VcsFileDiff>

import { type Static, Type } from "@sinclair/typebox"

/** A path inside of a directory; that of a directory ends with a slash. */
export const FileSystemEntry = Type.Object(
  { type: Type.Union([Type.Literal("file"), Type.Literal("directory")]), path: Type.String() },
  { $id: "FileSystemEntry" },
)
export type FileSystemEntry = Static<typeof FileSystemEntry>

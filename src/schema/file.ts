import { type Static, Type } from "@sinclair/typebox"
import { Range } from "./file-part"
import { FileChange } from "./snapshot"

export const FileNode = Type.Object(
  {
    type: Type.Union([Type.Literal("file"), Type.Literal("directory")]),
    absolute: Type.String(),
    ignored: Type.Boolean(),
    name: Type.String(),
    path: Type.String(),
  },
  { $id: "FileNode" },
)
export type FileNode = Static<typeof FileNode>

export const FileContent = Type.Object(
  {
    type: Type.Union([Type.Literal("text"), Type.Literal("binary")]),
    content: Type.String(),
    diff: Type.Optional(Type.String()),
    encoding: Type.Optional(Type.Literal("base64")),
    mimeType: Type.Optional(Type.String()),
    patch: Type.Optional(
      Type.Object({
        hunks: Type.Array(
          Type.Object({
            lines: Type.Array(Type.String()),
            newLines: Type.Integer({ minimum: 0 }),
            newStart: Type.Integer({ minimum: 0 }),
            oldLines: Type.Integer({ minimum: 0 }),
            oldStart: Type.Integer({ minimum: 0 }),
          }),
        ),
        newFileName: Type.String(),
        oldFileName: Type.String(),
        index: Type.Optional(Type.String()),
        newHeader: Type.Optional(Type.String()),
        oldHeader: Type.Optional(Type.String()),
      }),
    ),
  },
  { $id: "FileContent" },
)
export type FileContent = Static<typeof FileContent>

export const File = Type.Object(
  {
    added: Type.Integer({ minimum: 0 }),
    path: Type.String(),
    removed: Type.Integer({ minimum: 0 }),
    status: FileChange,
  },
  { $id: "File" },
)
export type File = Static<typeof File>

export const WorkspaceSymbol = Type.Object(
  {
    kind: Type.Integer({ minimum: 0 }),
    location: Type.Object({ range: Range, uri: Type.String() }),
    name: Type.String(),
  },
  { $id: "Symbol" },
)
export type WorkspaceSymbol = Static<typeof WorkspaceSymbol>

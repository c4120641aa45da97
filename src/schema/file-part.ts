import { type Static, Type } from "@sinclair/typebox"
import { PartPlace } from "./part-place"

export const Range = Type.Object(
  {
    end: Type.Object({ character: Type.Integer({ minimum: 0 }), line: Type.Integer({ minimum: 0 }) }),
    start: Type.Object({ character: Type.Integer({ minimum: 0 }), line: Type.Integer({ minimum: 0 }) }),
  },
  { $id: "Range" },
)
export type Range = Static<typeof Range>

export const FilePartSourceText = Type.Object(
  { end: Type.Number(), start: Type.Number(), value: Type.String() },
  { $id: "FilePartSourceText" },
)
export type FilePartSourceText = Static<typeof FilePartSourceText>

export const FileSource = Type.Object(
  { type: Type.Literal("file"), path: Type.String(), text: FilePartSourceText },
  { $id: "FileSource" },
)
export type FileSource = Static<typeof FileSource>

export const SymbolSource = Type.Object(
  {
    type: Type.Literal("symbol"),
    kind: Type.Integer({ minimum: 0 }),
    name: Type.String(),
    path: Type.String(),
    range: Range,
    text: FilePartSourceText,
  },
  { $id: "SymbolSource" },
)
export type SymbolSource = Static<typeof SymbolSource>

export const ResourceSource = Type.Object(
  { type: Type.Literal("resource"), clientName: Type.String(), text: FilePartSourceText, uri: Type.String() },
  { $id: "ResourceSource" },
)
export type ResourceSource = Static<typeof ResourceSource>

export const FilePartSource = Type.Union([FileSource, SymbolSource, ResourceSource], { $id: "FilePartSource" })
export type FilePartSource = Static<typeof FilePartSource>

export const FilePart = Type.Object(
  {
    ...PartPlace.properties,
    type: Type.Literal("file"),
    mime: Type.String(),
    url: Type.String(),
    filename: Type.Optional(Type.String()),
    source: Type.Optional(FilePartSource),
  },
  { $id: "FilePart" },
)
export type FilePart = Static<typeof FilePart>

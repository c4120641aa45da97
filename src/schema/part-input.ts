import { type Static, Type } from "@sinclair/typebox"
import { FilePartSource } from "./file-part"

export const TextPartInput = Type.Object(
  {
    type: Type.Literal("text"),
    text: Type.String(),
    id: Type.Optional(Type.String({ pattern: "^prt" })),
    ignored: Type.Optional(Type.Boolean()),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    synthetic: Type.Optional(Type.Boolean()),
    time: Type.Optional(
      Type.Object({ start: Type.Integer({ minimum: 0 }), end: Type.Optional(Type.Integer({ minimum: 0 })) }),
    ),
  },
  { $id: "TextPartInput" },
)
export type TextPartInput = Static<typeof TextPartInput>

export const FilePartInput = Type.Object(
  {
    type: Type.Literal("file"),
    mime: Type.String(),
    url: Type.String(),
    filename: Type.Optional(Type.String()),
    id: Type.Optional(Type.String({ pattern: "^prt" })),
    source: Type.Optional(FilePartSource),
  },
  { $id: "FilePartInput" },
)
export type FilePartInput = Static<typeof FilePartInput>

export const AgentPartInput = Type.Object(
  {
    type: Type.Literal("agent"),
    name: Type.String(),
    id: Type.Optional(Type.String({ pattern: "^prt" })),
    source: Type.Optional(
      Type.Object({ end: Type.Integer({ minimum: 0 }), start: Type.Integer({ minimum: 0 }), value: Type.String() }),
    ),
  },
  { $id: "AgentPartInput" },
)
export type AgentPartInput = Static<typeof AgentPartInput>

export const SubtaskPartInput = Type.Object(
  {
    type: Type.Literal("subtask"),
    agent: Type.String(),
    description: Type.String(),
    prompt: Type.String(),
    command: Type.Optional(Type.String()),
    id: Type.Optional(Type.String({ pattern: "^prt" })),
    model: Type.Optional(Type.Object({ modelID: Type.String(), providerID: Type.String() })),
  },
  { $id: "SubtaskPartInput" },
)
export type SubtaskPartInput = Static<typeof SubtaskPartInput>

import { type Static, Type } from "@sinclair/typebox"
import { FilePart } from "./file-part"

export const ToolStatePending = Type.Object(
  { input: Type.Record(Type.String(), Type.Unknown()), raw: Type.String(), status: Type.Literal("pending") },
  { $id: "ToolStatePending" },
)
export type ToolStatePending = Static<typeof ToolStatePending>

export const ToolStateRunning = Type.Object(
  {
    input: Type.Record(Type.String(), Type.Unknown()),
    status: Type.Literal("running"),
    time: Type.Object({ start: Type.Integer({ minimum: 0 }) }),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    title: Type.Optional(Type.String()),
  },
  { $id: "ToolStateRunning" },
)
export type ToolStateRunning = Static<typeof ToolStateRunning>

export const ToolStateCompleted = Type.Object(
  {
    input: Type.Record(Type.String(), Type.Unknown()),
    metadata: Type.Record(Type.String(), Type.Unknown()),
    output: Type.String(),
    status: Type.Literal("completed"),
    time: Type.Object({
      end: Type.Integer({ minimum: 0 }),
      start: Type.Integer({ minimum: 0 }),
      compacted: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    title: Type.String(),
    attachments: Type.Optional(Type.Array(FilePart)),
  },
  { $id: "ToolStateCompleted" },
)
export type ToolStateCompleted = Static<typeof ToolStateCompleted>

export const ToolStateError = Type.Object(
  {
    error: Type.String(),
    input: Type.Record(Type.String(), Type.Unknown()),
    status: Type.Literal("error"),
    time: Type.Object({ end: Type.Integer({ minimum: 0 }), start: Type.Integer({ minimum: 0 }) }),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { $id: "ToolStateError" },
)
export type ToolStateError = Static<typeof ToolStateError>

export const ToolState = Type.Union([ToolStatePending, ToolStateRunning, ToolStateCompleted, ToolStateError], {
  $id: "ToolState",
})
export type ToolState = Static<typeof ToolState>

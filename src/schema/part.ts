import { type Static, Type } from "@sinclair/typebox"
import { FilePart } from "./file-part"
import { PartPlace } from "./part-place"
import { APIError } from "./run-error"
import { StepTokens } from "./tokens"
import { ToolState } from "./tool-state"

const span = Type.Object({ start: Type.Integer({ minimum: 0 }), end: Type.Optional(Type.Integer({ minimum: 0 })) })

export const TextPart = Type.Object(
  {
    ...PartPlace.properties,
    type: Type.Literal("text"),
    text: Type.String(),
    ignored: Type.Optional(Type.Boolean()),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    synthetic: Type.Optional(Type.Boolean()),
    time: Type.Optional(span),
  },
  { $id: "TextPart" },
)
export type TextPart = Static<typeof TextPart>

export const ReasoningPart = Type.Object(
  {
    ...PartPlace.properties,
    type: Type.Literal("reasoning"),
    text: Type.String(),
    time: span,
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { $id: "ReasoningPart" },
)
export type ReasoningPart = Static<typeof ReasoningPart>

export const ToolPart = Type.Object(
  {
    ...PartPlace.properties,
    type: Type.Literal("tool"),
    callID: Type.String(),
    state: ToolState,
    tool: Type.String(),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { $id: "ToolPart" },
)
export type ToolPart = Static<typeof ToolPart>

export const StepStartPart = Type.Object(
  {
    ...PartPlace.properties,
    type: Type.Literal("step-start"),
    snapshot: Type.Optional(Type.String()),
  },
  { $id: "StepStartPart" },
)
export type StepStartPart = Static<typeof StepStartPart>

export const StepFinishPart = Type.Object(
  {
    ...PartPlace.properties,
    type: Type.Literal("step-finish"),
    cost: Type.Number(),
    reason: Type.String(),
    tokens: StepTokens,
    snapshot: Type.Optional(Type.String()),
  },
  { $id: "StepFinishPart" },
)
export type StepFinishPart = Static<typeof StepFinishPart>

export const SnapshotPart = Type.Object(
  {
    ...PartPlace.properties,
    type: Type.Literal("snapshot"),
    snapshot: Type.String(),
  },
  { $id: "SnapshotPart" },
)
export type SnapshotPart = Static<typeof SnapshotPart>

export const PatchPart = Type.Object(
  {
    ...PartPlace.properties,
    type: Type.Literal("patch"),
    files: Type.Array(Type.String()),
    hash: Type.String(),
  },
  { $id: "PatchPart" },
)
export type PatchPart = Static<typeof PatchPart>

export const AgentPart = Type.Object(
  {
    ...PartPlace.properties,
    type: Type.Literal("agent"),
    name: Type.String(),
    source: Type.Optional(
      Type.Object({ end: Type.Integer({ minimum: 0 }), start: Type.Integer({ minimum: 0 }), value: Type.String() }),
    ),
  },
  { $id: "AgentPart" },
)
export type AgentPart = Static<typeof AgentPart>

export const RetryPart = Type.Object(
  {
    ...PartPlace.properties,
    type: Type.Literal("retry"),
    attempt: Type.Integer({ minimum: 0 }),
    error: APIError,
    time: Type.Object({ created: Type.Integer({ minimum: 0 }) }),
  },
  { $id: "RetryPart" },
)
export type RetryPart = Static<typeof RetryPart>

export const CompactionPart = Type.Object(
  {
    ...PartPlace.properties,
    type: Type.Literal("compaction"),
    auto: Type.Boolean(),
    overflow: Type.Optional(Type.Boolean()),
    tail_start_id: Type.Optional(Type.String({ pattern: "^msg" })),
  },
  { $id: "CompactionPart" },
)
export type CompactionPart = Static<typeof CompactionPart>

export const SubtaskPart = Type.Object(
  {
    ...PartPlace.properties,
    type: Type.Literal("subtask"),
    agent: Type.String(),
    description: Type.String(),
    prompt: Type.String(),
    command: Type.Optional(Type.String()),
    model: Type.Optional(Type.Object({ modelID: Type.String(), providerID: Type.String() })),
  },
  { $id: "SubtaskPart" },
)
export type SubtaskPart = Static<typeof SubtaskPart>

export const Part = Type.Union(
  [
    TextPart,
    SubtaskPart,
    ReasoningPart,
    FilePart,
    ToolPart,
    StepStartPart,
    StepFinishPart,
    SnapshotPart,
    PatchPart,
    AgentPart,
    RetryPart,
    CompactionPart,
  ],
  { $id: "Part" },
)
export type Part = Static<typeof Part>

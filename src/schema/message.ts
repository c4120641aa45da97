import { type Static, Type } from "@sinclair/typebox"
import { RunError } from "./run-error"
import { SnapshotFileDiff } from "./snapshot"
import { StepTokens } from "./tokens"

export const JSONSchema = Type.Record(Type.String(), Type.Unknown(), { $id: "JSONSchema" })
export type JSONSchema = Static<typeof JSONSchema>

export const OutputFormatText = Type.Object({ type: Type.Literal("text") }, { $id: "OutputFormatText" })
export type OutputFormatText = Static<typeof OutputFormatText>

export const OutputFormatJsonSchema = Type.Object(
  { type: Type.Literal("json_schema"), schema: JSONSchema, retryCount: Type.Optional(Type.Integer({ minimum: 0 })) },
  { $id: "OutputFormatJsonSchema" },
)
export type OutputFormatJsonSchema = Static<typeof OutputFormatJsonSchema>

export const OutputFormat = Type.Union([OutputFormatText, OutputFormatJsonSchema], { $id: "OutputFormat" })
export type OutputFormat = Static<typeof OutputFormat>

export const UserMessage = Type.Object(
  {
    id: Type.String({ pattern: "^msg" }),
    sessionID: Type.String({ pattern: "^ses" }),
    agent: Type.String(),
    model: Type.Object({ modelID: Type.String(), providerID: Type.String(), variant: Type.Optional(Type.String()) }),
    role: Type.Literal("user"),
    time: Type.Object({ created: Type.Number({ minimum: 0 }) }),
    format: Type.Optional(OutputFormat),
    summary: Type.Optional(
      Type.Object({
        diffs: Type.Array(SnapshotFileDiff),
        body: Type.Optional(Type.String()),
        title: Type.Optional(Type.String()),
      }),
    ),
    system: Type.Optional(Type.String()),
    tools: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
  },
  { $id: "UserMessage" },
)
export type UserMessage = Static<typeof UserMessage>

export const AssistantMessage = Type.Object(
  {
    id: Type.String({ pattern: "^msg" }),
    sessionID: Type.String({ pattern: "^ses" }),
    agent: Type.String(),
    cost: Type.Number(),
    mode: Type.String(),
    modelID: Type.String(),
    parentID: Type.String({ pattern: "^msg" }),
    path: Type.Object({ cwd: Type.String(), root: Type.String() }),
    providerID: Type.String(),
    role: Type.Literal("assistant"),
    time: Type.Object({
      created: Type.Integer({ minimum: 0 }),
      completed: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    tokens: StepTokens,
    error: Type.Optional(RunError),
    finish: Type.Optional(Type.String()),
    structured: Type.Optional(Type.Unknown()),
    summary: Type.Optional(Type.Boolean()),
    variant: Type.Optional(Type.String()),
  },
  { $id: "AssistantMessage" },
)
export type AssistantMessage = Static<typeof AssistantMessage>

export const Message = Type.Union([UserMessage, AssistantMessage], { $id: "Message" })
export type Message = Static<typeof Message>

import { type Static, Type } from "@sinclair/typebox"
import { PromptFileAttachment } from "./api-prompt"

export const LLMProviderMetadata = Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown()), {
  $id: "LLMProviderMetadata",
})
export type LLMProviderMetadata = Static<typeof LLMProviderMetadata>

export const ToolTextContent = Type.Object(
  { type: Type.Literal("text"), text: Type.String() },
  { $id: "ToolTextContent" },
)
export type ToolTextContent = Static<typeof ToolTextContent>

export const ToolFileContent = Type.Object(
  { type: Type.Literal("file"), mime: Type.String(), uri: Type.String(), name: Type.Optional(Type.String()) },
  { $id: "ToolFileContent" },
)
export type ToolFileContent = Static<typeof ToolFileContent>

export const LLMToolContent = Type.Union([ToolTextContent, ToolFileContent], { $id: "LLMToolContent" })
export type LLMToolContent = Static<typeof LLMToolContent>

export const SessionErrorUnknown = Type.Object(
  { type: Type.Literal("unknown"), message: Type.String() },
  { $id: "SessionErrorUnknown" },
)
export type SessionErrorUnknown = Static<typeof SessionErrorUnknown>

export const SessionMessageToolStatePending = Type.Object(
  { input: Type.String(), status: Type.Literal("pending") },
  { $id: "SessionMessageToolStatePending" },
)
export type SessionMessageToolStatePending = Static<typeof SessionMessageToolStatePending>

export const SessionMessageToolStateRunning = Type.Object(
  {
    content: Type.Array(LLMToolContent),
    input: Type.Record(Type.String(), Type.Unknown()),
    status: Type.Literal("running"),
    structured: Type.Record(Type.String(), Type.Unknown()),
  },
  { $id: "SessionMessageToolStateRunning" },
)
export type SessionMessageToolStateRunning = Static<typeof SessionMessageToolStateRunning>

export const SessionMessageToolStateCompleted = Type.Object(
  {
    content: Type.Array(LLMToolContent),
    input: Type.Record(Type.String(), Type.Unknown()),
    status: Type.Literal("completed"),
    structured: Type.Record(Type.String(), Type.Unknown()),
    attachments: Type.Optional(Type.Array(PromptFileAttachment)),
    outputPaths: Type.Optional(Type.Array(Type.String())),
    result: Type.Optional(Type.Unknown()),
  },
  { $id: "SessionMessageToolStateCompleted" },
)
export type SessionMessageToolStateCompleted = Static<typeof SessionMessageToolStateCompleted>

export const SessionMessageToolStateError = Type.Object(
  {
    content: Type.Array(LLMToolContent),
    error: SessionErrorUnknown,
    input: Type.Record(Type.String(), Type.Unknown()),
    status: Type.Literal("error"),
    structured: Type.Record(Type.String(), Type.Unknown()),
    result: Type.Optional(Type.Unknown()),
  },
  { $id: "SessionMessageToolStateError" },
)
export type SessionMessageToolStateError = Static<typeof SessionMessageToolStateError>

export const SessionMessageAssistantTool = Type.Object(
  {
    id: Type.String(),
    type: Type.Literal("tool"),
    name: Type.String(),
    state: Type.Union([
      SessionMessageToolStatePending,
      SessionMessageToolStateRunning,
      SessionMessageToolStateCompleted,
      SessionMessageToolStateError,
    ]),
    time: Type.Object({
      created: Type.Number(),
      completed: Type.Optional(Type.Number()),
      pruned: Type.Optional(Type.Number()),
      ran: Type.Optional(Type.Number()),
    }),
    provider: Type.Optional(
      Type.Object({
        executed: Type.Boolean(),
        metadata: Type.Optional(LLMProviderMetadata),
        resultMetadata: Type.Optional(LLMProviderMetadata),
      }),
    ),
  },
  { $id: "SessionMessageAssistantTool" },
)
export type SessionMessageAssistantTool = Static<typeof SessionMessageAssistantTool>

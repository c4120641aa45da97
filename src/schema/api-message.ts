import { type Static, Type } from "@sinclair/typebox"
import { ModelRef } from "./api-model"
import { PromptAgentAttachment, PromptFileAttachment } from "./api-prompt"
import { LLMProviderMetadata, SessionErrorUnknown, SessionMessageAssistantTool } from "./api-tool-state"

export const SessionMessageAgentSwitched = Type.Object(
  {
    id: Type.String({ pattern: "^msg_" }),
    type: Type.Literal("agent-switched"),
    agent: Type.String(),
    time: Type.Object({ created: Type.Number() }),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { $id: "SessionMessageAgentSwitched" },
)
export type SessionMessageAgentSwitched = Static<typeof SessionMessageAgentSwitched>

export const SessionMessageModelSwitched = Type.Object(
  {
    id: Type.String({ pattern: "^msg_" }),
    type: Type.Literal("model-switched"),
    model: ModelRef,
    time: Type.Object({ created: Type.Number() }),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { $id: "SessionMessageModelSwitched" },
)
export type SessionMessageModelSwitched = Static<typeof SessionMessageModelSwitched>

export const SessionMessageUser = Type.Object(
  {
    id: Type.String({ pattern: "^msg_" }),
    type: Type.Literal("user"),
    text: Type.String(),
    time: Type.Object({ created: Type.Number() }),
    agents: Type.Optional(Type.Array(PromptAgentAttachment)),
    files: Type.Optional(Type.Array(PromptFileAttachment)),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { $id: "SessionMessageUser" },
)
export type SessionMessageUser = Static<typeof SessionMessageUser>

export const SessionMessageSynthetic = Type.Object(
  {
    id: Type.String({ pattern: "^msg_" }),
    sessionID: Type.String({ pattern: "^ses" }),
    type: Type.Literal("synthetic"),
    text: Type.String(),
    time: Type.Object({ created: Type.Number() }),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { $id: "SessionMessageSynthetic" },
)
export type SessionMessageSynthetic = Static<typeof SessionMessageSynthetic>

export const SessionMessageSystem = Type.Object(
  {
    id: Type.String({ pattern: "^msg_" }),
    type: Type.Literal("system"),
    text: Type.String(),
    time: Type.Object({ created: Type.Number() }),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { $id: "SessionMessageSystem" },
)
export type SessionMessageSystem = Static<typeof SessionMessageSystem>

export const SessionMessageShell = Type.Object(
  {
    id: Type.String({ pattern: "^msg_" }),
    type: Type.Literal("shell"),
    callID: Type.String(),
    command: Type.String(),
    output: Type.String(),
    time: Type.Object({ created: Type.Number(), completed: Type.Optional(Type.Number()) }),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { $id: "SessionMessageShell" },
)
export type SessionMessageShell = Static<typeof SessionMessageShell>

export const SessionMessageAssistantText = Type.Object(
  { id: Type.String(), type: Type.Literal("text"), text: Type.String() },
  { $id: "SessionMessageAssistantText" },
)
export type SessionMessageAssistantText = Static<typeof SessionMessageAssistantText>

export const SessionMessageAssistantReasoning = Type.Object(
  {
    id: Type.String(),
    type: Type.Literal("reasoning"),
    text: Type.String(),
    providerMetadata: Type.Optional(LLMProviderMetadata),
    time: Type.Optional(Type.Object({ created: Type.Number(), completed: Type.Optional(Type.Number()) })),
  },
  { $id: "SessionMessageAssistantReasoning" },
)
export type SessionMessageAssistantReasoning = Static<typeof SessionMessageAssistantReasoning>

export const SessionMessageAssistant = Type.Object(
  {
    id: Type.String({ pattern: "^msg_" }),
    type: Type.Literal("assistant"),
    agent: Type.String(),
    content: Type.Array(
      Type.Union([SessionMessageAssistantText, SessionMessageAssistantReasoning, SessionMessageAssistantTool]),
    ),
    model: ModelRef,
    time: Type.Object({ created: Type.Number(), completed: Type.Optional(Type.Number()) }),
    cost: Type.Optional(Type.Number()),
    error: Type.Optional(SessionErrorUnknown),
    finish: Type.Optional(Type.String()),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    snapshot: Type.Optional(
      Type.Object({
        end: Type.Optional(Type.String()),
        files: Type.Optional(Type.Array(Type.String())),
        start: Type.Optional(Type.String()),
      }),
    ),
    tokens: Type.Optional(
      Type.Object({
        cache: Type.Object({ read: Type.Number(), write: Type.Number() }),
        input: Type.Number(),
        output: Type.Number(),
        reasoning: Type.Number(),
      }),
    ),
  },
  { $id: "SessionMessageAssistant" },
)
export type SessionMessageAssistant = Static<typeof SessionMessageAssistant>

export const SessionMessageCompaction = Type.Object(
  {
    id: Type.String({ pattern: "^msg_" }),
    type: Type.Literal("compaction"),
    reason: Type.Union([Type.Literal("auto"), Type.Literal("manual")]),
    recent: Type.String(),
    summary: Type.String(),
    time: Type.Object({ created: Type.Number() }),
    metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { $id: "SessionMessageCompaction" },
)
export type SessionMessageCompaction = Static<typeof SessionMessageCompaction>

/** A message as `/api` shows it: what was said and done, without the parts in between. */
export const SessionMessage = Type.Union(
  [
    SessionMessageAgentSwitched,
    SessionMessageModelSwitched,
    SessionMessageUser,
    SessionMessageSynthetic,
    SessionMessageSystem,
    SessionMessageShell,
    SessionMessageAssistant,
    SessionMessageCompaction,
  ],
  { $id: "SessionMessage" },
)
export type SessionMessage = Static<typeof SessionMessage>

export const SessionMessagesResponse = Type.Object(
  {
    cursor: Type.Object({ next: Type.Optional(Type.String()), previous: Type.Optional(Type.String()) }),
    data: Type.Array(SessionMessage),
  },
  { $id: "SessionMessagesResponse" },
)
export type SessionMessagesResponse = Static<typeof SessionMessagesResponse>

import { type Static, Type } from "@sinclair/typebox"
import { ModelRef } from "./api-model"
import { PageCursor } from "./api-page-cursor"
import { PromptAgentAttachment, PromptFileAttachment } from "./api-prompt"
import { LLMProviderMetadata, SessionErrorUnknown, SessionMessageAssistantTool } from "./api-tool-state"
import { Tokens } from "./tokens"

const id = Type.String({ pattern: "^msg_" })
const created = Type.Object({ created: Type.Number() })
const span = Type.Object({ ...created.properties, completed: Type.Optional(Type.Number()) })
const metadata = Type.Optional(Type.Record(Type.String(), Type.Unknown()))

export const SessionMessageAgentSwitched = Type.Object(
  {
    id,
    type: Type.Literal("agent-switched"),
    agent: Type.String(),
    time: created,
    metadata,
  },
  { $id: "SessionMessageAgentSwitched" },
)
export type SessionMessageAgentSwitched = Static<typeof SessionMessageAgentSwitched>

export const SessionMessageModelSwitched = Type.Object(
  {
    id,
    type: Type.Literal("model-switched"),
    model: ModelRef,
    time: created,
    metadata,
  },
  { $id: "SessionMessageModelSwitched" },
)
export type SessionMessageModelSwitched = Static<typeof SessionMessageModelSwitched>

export const SessionMessageUser = Type.Object(
  {
    id,
    type: Type.Literal("user"),
    text: Type.String(),
    time: created,
    agents: Type.Optional(Type.Array(PromptAgentAttachment)),
    files: Type.Optional(Type.Array(PromptFileAttachment)),
    metadata,
  },
  { $id: "SessionMessageUser" },
)
export type SessionMessageUser = Static<typeof SessionMessageUser>

export const SessionMessageSynthetic = Type.Object(
  {
    id,
    sessionID: Type.String({ pattern: "^ses" }),
    type: Type.Literal("synthetic"),
    text: Type.String(),
    time: created,
    metadata,
  },
  { $id: "SessionMessageSynthetic" },
)
export type SessionMessageSynthetic = Static<typeof SessionMessageSynthetic>

export const SessionMessageSystem = Type.Object(
  {
    id,
    type: Type.Literal("system"),
    text: Type.String(),
    time: created,
    metadata,
  },
  { $id: "SessionMessageSystem" },
)
export type SessionMessageSystem = Static<typeof SessionMessageSystem>

export const SessionMessageShell = Type.Object(
  {
    id,
    type: Type.Literal("shell"),
    callID: Type.String(),
    command: Type.String(),
    output: Type.String(),
    time: span,
    metadata,
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
    time: Type.Optional(span),
  },
  { $id: "SessionMessageAssistantReasoning" },
)
export type SessionMessageAssistantReasoning = Static<typeof SessionMessageAssistantReasoning>

export const SessionMessageAssistant = Type.Object(
  {
    id,
    type: Type.Literal("assistant"),
    agent: Type.String(),
    content: Type.Array(
      Type.Union([SessionMessageAssistantText, SessionMessageAssistantReasoning, SessionMessageAssistantTool]),
    ),
    model: ModelRef,
    time: span,
    cost: Type.Optional(Type.Number()),
    error: Type.Optional(SessionErrorUnknown),
    finish: Type.Optional(Type.String()),
    metadata,
    snapshot: Type.Optional(
      Type.Object({
        end: Type.Optional(Type.String()),
        files: Type.Optional(Type.Array(Type.String())),
        start: Type.Optional(Type.String()),
      }),
    ),
    tokens: Type.Optional(Tokens),
  },
  { $id: "SessionMessageAssistant" },
)
export type SessionMessageAssistant = Static<typeof SessionMessageAssistant>

export const SessionMessageCompaction = Type.Object(
  {
    id,
    type: Type.Literal("compaction"),
    reason: Type.Union([Type.Literal("auto"), Type.Literal("manual")]),
    recent: Type.String(),
    summary: Type.String(),
    time: created,
    metadata,
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
  { cursor: PageCursor, data: Type.Array(SessionMessage) },
  { $id: "SessionMessagesResponse" },
)
export type SessionMessagesResponse = Static<typeof SessionMessagesResponse>

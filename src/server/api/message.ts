import type { App } from "../../instance/app"
import type { SessionMessage, SessionMessageAssistant, SessionMessageUser } from "../../schema/api-message"
import type { PromptAgentAttachment, PromptFileAttachment } from "../../schema/api-prompt"
import type { FilePart } from "../../schema/file-part"
import type { AssistantMessage, UserMessage } from "../../schema/message"
import type { AgentPart, Part } from "../../schema/part"
import type { MessageWithParts } from "../../store/store"
import { type Order, type Page, pageByAge } from "./page"
import { getSessionInfo } from "./session"
import { toolContent } from "./tool-content"

const DEFAULT_LIMIT = 50

/**
 * A page of a session's messages as `/api` shows them, the newest first unless `order` says otherwise. A compaction is one
 * message there, of two stored ones, so a page can be shorter than its limit. Throws 404 for an unknown session, 400 for
 * a bad cursor.
 */
export async function pageSessionMessages(
  app: App,
  sessionID: string,
  { limit = DEFAULT_LIMIT, ...query }: { limit?: number; order?: Order; cursor?: string },
): Promise<Page<SessionMessage>> {
  await getSessionInfo(app, sessionID)
  const { data, cursor } = await pageByAge({ limit, ...query }, async ({ towards, from, limit }) => {
    if (towards === "newer") return withID(await app.store.listMessages(sessionID, { after: from ?? "", limit }))
    const older = await app.store.listMessages(sessionID, { limit, ...(from !== undefined && { before: from }) })
    return withID(older.reverse())
  })
  const messages = await Promise.all(data.map(({ message }) => apiMessage(app, message)))
  return { data: messages.filter((message) => message !== undefined), cursor }
}

const withID = (messages: MessageWithParts[]) => messages.map((message) => ({ id: message.info.id, message }))

async function apiMessage(app: App, { info, parts }: MessageWithParts): Promise<SessionMessage | undefined> {
  if (info.role === "user") return compactionOf(parts) ? undefined : userMessage(info, parts)
  if (!info.summary) return assistantMessage(info, parts)
  const request = compactionOf(await app.store.listParts(info.sessionID, info.parentID))
  return {
    id: info.id,
    type: "compaction",
    reason: request?.auto === false ? "manual" : "auto",
    summary: textOf(parts),
    recent: "",
    time: { created: info.time.created },
  }
}

const compactionOf = (parts: Part[]) => parts.find((part) => part.type === "compaction")

/** What a user or a model wrote; what the server added to it is left out. */
const textOf = (parts: Part[]) =>
  parts.flatMap((part) => (part.type === "text" && !part.synthetic && !part.ignored ? [part.text] : [])).join("\n")

function userMessage(info: UserMessage, parts: Part[]): SessionMessageUser {
  const files = parts.flatMap((part) => (part.type === "file" ? [fileAttachment(part)] : []))
  const agents = parts.flatMap((part) => (part.type === "agent" ? [agentAttachment(part)] : []))
  return {
    id: info.id,
    type: "user",
    text: textOf(parts),
    time: { created: info.time.created },
    ...(files.length > 0 && { files }),
    ...(agents.length > 0 && { agents }),
  }
}

function fileAttachment({ url, mime, filename, source }: FilePart): PromptFileAttachment {
  const { start, end, value } = source?.text ?? {}
  return {
    uri: url,
    mime,
    ...(filename !== undefined && { name: filename }),
    ...(start !== undefined && end !== undefined && value !== undefined && { source: { start, end, text: value } }),
  }
}

const agentAttachment = ({ name, source }: AgentPart): PromptAgentAttachment => ({
  name,
  ...(source && { source: { start: source.start, end: source.end, text: source.value } }),
})

function assistantMessage(info: AssistantMessage, parts: Part[]): SessionMessageAssistant {
  const { id, agent, modelID, providerID, variant, time, cost, tokens, finish, error } = info
  const snapshot = snapshotOf(parts)
  return {
    id,
    type: "assistant",
    agent,
    model: { id: modelID, providerID, ...(variant !== undefined && { variant }) },
    content: parts.flatMap((part) => contentOf(part, time.created)),
    time,
    cost,
    tokens: { input: tokens.input, output: tokens.output, reasoning: tokens.reasoning, cache: tokens.cache },
    ...(finish !== undefined && { finish }),
    ...(error && { error: { type: "unknown" as const, message: errorText(error) } }),
    ...(snapshot && { snapshot }),
  }
}

function contentOf(part: Part, created: number): SessionMessageAssistant["content"] {
  if (part.type === "text") return [{ type: "text", id: part.id, text: part.text }]
  if (part.type === "tool") return [toolContent(part, created)]
  if (part.type !== "reasoning") return []
  const { start, end } = part.time
  const time = { created: start, ...(end !== undefined && { completed: end }) }
  return [{ type: "reasoning", id: part.id, text: part.text, time }]
}

function snapshotOf(parts: Part[]): SessionMessageAssistant["snapshot"] {
  const start = parts.flatMap((part) => (part.type === "step-start" && part.snapshot ? [part.snapshot] : []))[0]
  const end = parts.flatMap((part) => (part.type === "step-finish" && part.snapshot ? [part.snapshot] : [])).at(-1)
  const files = parts.flatMap((part) => (part.type === "patch" ? part.files : []))
  if (start === undefined && end === undefined) return undefined
  return {
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...(files.length > 0 && { files }),
  }
}

const errorText = ({ name, data }: NonNullable<AssistantMessage["error"]>) =>
  "message" in data && typeof data.message === "string" ? data.message : name

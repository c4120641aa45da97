import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider"
import type { FilePart } from "../schema/file-part"
import type { AssistantMessage } from "../schema/message"
import type { Part, ToolPart } from "../schema/part"
import type { Model } from "../schema/provider"
import type { MessageWithParts } from "../store/store"

const INTERRUPTED = "[Tool execution was interrupted]"
const COMPACTED = "[This output was cleared to make room]"
/** Providers whose wire format carries files inside tool results; for others they follow in a user message. */
const FILES_IN_RESULTS = new Set(["@ai-sdk/anthropic", "@ai-sdk/openai", "@ai-sdk/google", "@ai-sdk/amazon-bedrock"])

/** The stored conversation as the model gets it, without the system prompt. */
export function modelMessages(history: MessageWithParts[], model: Model): LanguageModelV4Prompt {
  return history.flatMap(({ info, parts }) =>
    info.role === "user" ? userMessage(parts) : assistantMessages(info, parts, model),
  )
}

function userMessage(parts: Part[]): LanguageModelV4Message[] {
  const content: (LanguageModelV4TextPart | LanguageModelV4FilePart)[] = []
  for (const part of parts) {
    if (part.type === "text" && !part.ignored && part.text) content.push({ type: "text", text: part.text })
    if (part.type === "file" && isMedia(part.mime)) content.push(fileContent(part))
    if (part.type === "compaction")
      content.push({ type: "text", text: "Recall what was done in this conversation until now." })
    if (part.type === "subtask") content.push({ type: "text", text: "I have this task done by an agent of its own:" })
  }
  return content.length ? [{ role: "user", content }] : []
}

/** Text files and directories are in the conversation as the text that was read from them. */
const isMedia = (mime: string) => !mime.startsWith("text/") && mime !== "application/x-directory"

/** A URL that no vendor can open is told as such: refused by the vendor, it would make every later prompt fail. */
function fileContent({
  url,
  mime,
  filename,
}: Pick<FilePart, "url" | "mime" | "filename">): LanguageModelV4FilePart | LanguageModelV4TextPart {
  const inline = url.startsWith("data:")
  if (!inline && !/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    return { type: "text", text: `[The file ${filename ?? ""} (${mime}) is not available]` }
  return {
    type: "file",
    mediaType: mime,
    data: inline ? { type: "data", data: url.slice(url.indexOf(",") + 1) } : { type: "url", url: new URL(url) },
    ...(filename && { filename }),
  }
}

function assistantMessages(info: AssistantMessage, parts: Part[], model: Model): LanguageModelV4Message[] {
  // A failed answer says nothing, unless the user stopped it: then what was said and done before is part of the story.
  if (info.error && info.error.name !== "MessageAbortedError") return []
  const sameModel = info.providerID === model.providerID && info.modelID === model.id
  const content: Extract<LanguageModelV4Message, { role: "assistant" }>["content"] = []
  const results: LanguageModelV4ToolResultPart[] = []
  const files: (LanguageModelV4FilePart | LanguageModelV4TextPart)[] = []
  for (const part of parts) {
    const metadata =
      part.type === "text" || part.type === "reasoning" || part.type === "tool" ? part.metadata : undefined
    const options = sameModel && metadata ? { providerOptions: metadata as SharedV4ProviderOptions } : {}
    if (part.type === "text" && part.text) content.push({ type: "text", text: part.text, ...options })
    if (part.type === "reasoning" && (part.text || sameModel))
      content.push({ type: "reasoning", text: part.text, ...options })
    if (part.type === "tool") {
      const { callID: toolCallId, tool: toolName } = part
      content.push({ type: "tool-call", toolCallId, toolName, input: part.state.input, ...options })
      const inline = FILES_IN_RESULTS.has(model.api.npm)
      results.push({ type: "tool-result", toolCallId, toolName, output: resultOutput(part, inline) })
      if (!inline) files.push(...attachmentsOf(part).map(fileContent))
    }
  }
  if (!content.some((each) => each.type !== "reasoning" || info.error === undefined)) return []
  const messages: LanguageModelV4Message[] = [{ role: "assistant", content }]
  if (results.length) messages.push({ role: "tool", content: results })
  if (files.length)
    messages.push({ role: "user", content: [{ type: "text", text: "Attached by the tools above:" }, ...files] })
  return messages
}

function attachmentsOf(part: ToolPart) {
  if (part.state.status !== "completed" || part.state.time.compacted) return []
  return part.state.attachments ?? []
}

function resultOutput(part: ToolPart, inlineFiles: boolean): LanguageModelV4ToolResultPart["output"] {
  const { state } = part
  if (state.status === "error") return { type: "error-text", value: state.error }
  if (state.status !== "completed") return { type: "error-text", value: INTERRUPTED }
  if (state.time.compacted) return { type: "text", value: COMPACTED }
  const attachments = attachmentsOf(part)
  if (!inlineFiles || attachments.length === 0) return { type: "text", value: state.output }
  return { type: "content", value: [{ type: "text", text: state.output }, ...attachments.map(fileContent)] }
}

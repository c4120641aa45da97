import type { LanguageModelV4FilePart, LanguageModelV4Message, LanguageModelV4Prompt } from "@ai-sdk/provider"
import type { Model } from "../schema/provider"
import { withCachePoints } from "./cache-points"
import { takesFilesInResults } from "./packages"

type Parts<R extends LanguageModelV4Message["role"]> = Extract<LanguageModelV4Message, { role: R }>["content"]
type ToolResult = Extract<Parts<"tool">[number], { type: "tool-result" }>

const AFTER_RESULTS = "I have the results."
const FILES_OF_TOOLS = "Files that the tools above returned:"

/**
 * A prompt as this model can take it: files it cannot read become a text that says so, call ids have characters the vendor
 * allows, messages with nothing in them are left out, reasoning goes where the vendor looks for it, and cache points are set.
 * The given prompt is not changed.
 */
export function prepareMessages(model: Model, prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  const readable = prompt.map((message) => withReadableFiles(model, message))
  const split = takesFilesInResults(model) ? readable : withFilesAfterResults(readable)
  const filled = split.flatMap((message) => withoutEmptyParts(model, message))
  const named = callIDRule(model) ? filled.map((message) => withCallIDs(model, message)) : filled
  const answered = isMistral(model) ? withAnswersBeforeUser(named) : named
  return withCachePoints(model, withReasoningField(model, answered))
}

function withReadableFiles(model: Model, message: LanguageModelV4Message): LanguageModelV4Message {
  if (message.role === "user") {
    return {
      ...message,
      content: message.content.map((part) => (part.type === "file" ? readableFile(model, part) : part)),
    }
  }
  if (message.role !== "tool") return message
  const content = message.content.map((part): Parts<"tool">[number] => {
    if (part.type !== "tool-result" || part.output.type !== "content") return part
    const value = part.output.value.map((each) =>
      each.type === "file" && !canRead(model, each.mediaType)
        ? { type: "text" as const, text: unreadable(each.filename, each.mediaType) }
        : each,
    )
    return { ...part, output: { ...part.output, value } }
  })
  return { ...message, content }
}

const readableFile = (model: Model, part: LanguageModelV4FilePart): Parts<"user">[number] =>
  canRead(model, part.mediaType) ? part : { type: "text", text: unreadable(part.filename, part.mediaType) }

function canRead({ capabilities }: Model, mediaType: string): boolean {
  const kind = kindOf(mediaType)
  return kind === undefined || capabilities.input[kind]
}

function kindOf(mediaType: string) {
  if (mediaType === "application/pdf") return "pdf"
  const [top] = mediaType.split("/")
  return top === "image" || top === "audio" || top === "video" ? top : undefined
}

function unreadable(filename: string | undefined, mediaType: string): string {
  const kind = kindOf(mediaType) ?? "file"
  const name = filename ? `"${filename}"` : kind
  return `ERROR: Cannot read ${name} (this model does not support ${kind} input). Inform the user.`
}

/** Chat completions only take text as a tool's result: its files follow in a message of the user. */
function withFilesAfterResults(prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  return prompt.flatMap((message): LanguageModelV4Message[] => {
    if (message.role !== "tool") return [message]
    const files: LanguageModelV4FilePart[] = []
    const content = message.content.map((part): Parts<"tool">[number] => {
      if (part.type !== "tool-result" || part.output.type !== "content") return part
      const texts: string[] = []
      for (const each of part.output.value) {
        if (each.type === "text") texts.push(each.text)
        if (each.type === "file") files.push({ ...each, type: "file" })
      }
      return { ...part, output: { type: "text", value: texts.join("\n") } }
    })
    const results = { ...message, content }
    if (files.length === 0) return [results]
    return [results, { role: "user", content: [{ type: "text", text: FILES_OF_TOOLS }, ...files] }]
  })
}

/** Anthropic and Amazon refuse empty texts and messages; elsewhere they are allowed and stay. */
function withoutEmptyParts(model: Model, message: LanguageModelV4Message): LanguageModelV4Message[] {
  if (!REFUSE_EMPTY.has(model.api.npm)) return [message]
  if (message.role === "system") return message.content === "" ? [] : [message]
  if (message.role === "user") {
    const content = message.content.filter((part) => part.type !== "text" || part.text !== "")
    return content.length > 0 ? [{ ...message, content }] : []
  }
  if (message.role === "assistant") {
    const content = message.content.filter(
      (part) => (part.type !== "text" && part.type !== "reasoning") || part.text !== "" || isSigned(part),
    )
    return content.length > 0 ? [{ ...message, content }] : []
  }
  return [message]
}

/** Reasoning that the vendor hid has no text, but a signature that must come back. */
const isSigned = (part: { type: string; providerOptions?: { anthropic?: object } }) =>
  part.type === "reasoning" && part.providerOptions?.anthropic !== undefined

const REFUSE_EMPTY = new Set(["@ai-sdk/anthropic", "@ai-sdk/google-vertex/anthropic", "@ai-sdk/amazon-bedrock"])

/** Mistral refuses a message of the user right after the results of tools. */
function withAnswersBeforeUser(prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  return prompt.flatMap((message, index): LanguageModelV4Message[] => {
    if (message.role !== "user" || prompt[index - 1]?.role !== "tool") return [message]
    return [{ role: "assistant", content: [{ type: "text", text: AFTER_RESULTS }] }, message]
  })
}

const isMistral = ({ api, providerID }: Model) =>
  /mistral|devstral|codestral/.test(`${api.npm} ${providerID} ${api.id}`.toLowerCase())

interface CallIDRule {
  forbidden: RegExp
  /** Exact length, if the vendor has one. */
  length?: number
}

function callIDRule(model: Model): CallIDRule | undefined {
  if (isMistral(model)) return { forbidden: /[^a-zA-Z0-9]/g, length: 9 }
  const { api, providerID } = model
  if (api.npm === "@ai-sdk/anthropic" || `${providerID} ${api.id}`.toLowerCase().includes("claude"))
    return { forbidden: /[^a-zA-Z0-9_-]/g }
  return undefined
}

/** A session may have changed its model: the ids of its old calls must fit the new vendor, and stay different. */
function withCallIDs(model: Model, message: LanguageModelV4Message): LanguageModelV4Message {
  const rule = callIDRule(model)
  if (!rule) return message
  const named = <P extends { toolCallId: string }>(part: P): P => ({
    ...part,
    toolCallId: fittingID(part.toolCallId, rule),
  })
  if (message.role === "assistant") {
    return {
      ...message,
      content: message.content.map((part) =>
        part.type === "tool-call" || part.type === "tool-result" ? named(part) : part,
      ),
    }
  }
  if (message.role !== "tool") return message
  return {
    ...message,
    content: message.content.map((part) => (part.type === "tool-result" ? named<ToolResult>(part) : part)),
  }
}

function fittingID(id: string, { forbidden, length }: CallIDRule): string {
  const clean = id.replace(forbidden, length ? "" : "_")
  if (length === undefined || id.length === length) return clean
  return Bun.hash(id).toString(36).padStart(length, "0").slice(-length)
}

/** Some vendors want earlier reasoning back in a field of their own; the package only knows `reasoning_content`. */
function withReasoningField(model: Model, prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  const { interleaved } = model.capabilities
  if (model.api.npm !== "@ai-sdk/openai-compatible" || typeof interleaved === "boolean") return prompt
  if (interleaved.field === "reasoning_content") return prompt
  return prompt.map((message) => {
    if (message.role !== "assistant") return message
    const text = message.content.flatMap((part) => (part.type === "reasoning" ? [part.text] : [])).join("")
    if (text === "") return message
    const field = interleaved.field === "reasoning_details" ? [{ type: "reasoning.text", text }] : text
    return {
      ...message,
      content: message.content.filter((part) => part.type !== "reasoning"),
      providerOptions: {
        ...message.providerOptions,
        openaiCompatible: { ...message.providerOptions?.openaiCompatible, [interleaved.field]: field },
      },
    }
  })
}

import type { Part } from "../schema/part"
import type { MessageWithParts } from "../store/store"

const MAX_RESULT = 2_000
const CHARACTERS_PER_TOKEN = 4

/** A conversation as plain text, for the model that summarizes it: who said what, which tools ran, what they gave. */
export function conversationText(history: MessageWithParts[]): string {
  const lines = history.flatMap(({ info, parts }) => {
    const speaker = info.role === "user" ? "User" : "Assistant"
    return parts.flatMap((part) => partLines(speaker, part))
  })
  return `The conversation so far:\n\n<conversation>\n${lines.join("\n\n")}\n</conversation>\n\nWrite the summary now.`
}

/** A rough count, good enough to choose what to keep: vendors count differently anyway. */
export const estimateTokens = (text: string) => Math.ceil(text.length / CHARACTERS_PER_TOKEN)

function partLines(speaker: string, part: Part): string[] {
  switch (part.type) {
    case "text":
      return part.text && !part.ignored ? [`[${speaker}]: ${part.text}`] : []
    case "file":
      return [`[${speaker} attached]: ${part.filename ?? part.mime}`]
    case "tool": {
      const call = `[Tool ${part.tool}]: ${shorten(JSON.stringify(part.state.input))}`
      if (part.state.status === "completed") return [call, `[Result]: ${shorten(part.state.output)}`]
      return part.state.status === "error" ? [call, `[Error]: ${shorten(part.state.error)}`] : [call]
    }
    default:
      return []
  }
}

const shorten = (text: string) =>
  text.length <= MAX_RESULT
    ? text
    : `${text.slice(0, MAX_RESULT)} ... (${text.length - MAX_RESULT} characters left out)`

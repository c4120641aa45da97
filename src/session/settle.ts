import type { Part } from "../schema/part"
import type { MessageWithParts } from "../store/store"

/** Whether a message was being answered when it was stored last. */
export const isOpen = ({ info }: MessageWithParts): boolean =>
  info.role === "assistant" && info.time.completed === undefined

/** An open message as it is when nobody goes on with it: aborted, with its calls interrupted. Others stay as they are. */
export function settled(entry: MessageWithParts, now: number): MessageWithParts {
  const { info, parts } = entry
  if (info.role !== "assistant" || !isOpen(entry)) return entry
  return {
    info: {
      ...info,
      error: info.error ?? { name: "MessageAbortedError", data: { message: "Aborted" } },
      time: { ...info.time, completed: now },
    },
    parts: parts.map((part) => settledPart(part, now)),
  }
}

function settledPart(part: Part, now: number): Part {
  if (part.type === "text" || part.type === "reasoning")
    return part.time?.end === undefined ? { ...part, time: { start: part.time?.start ?? now, end: now } } : part
  if (part.type !== "tool" || part.state.status === "completed" || part.state.status === "error") return part
  const { state } = part
  const start = state.status === "running" ? state.time.start : now
  const shown = state.status === "running" ? state.metadata : undefined
  return {
    ...part,
    state: {
      status: "error",
      input: state.input,
      error: "Tool execution was interrupted",
      metadata: { ...shown, interrupted: true },
      time: { start, end: now },
    },
  }
}

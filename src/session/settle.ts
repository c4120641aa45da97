import type { Instance } from "../instance/instance"
import type { Part } from "../schema/part"
import type { RunError } from "../schema/run-error"
import type { ToolStateError, ToolStatePending, ToolStateRunning } from "../schema/tool-state"
import type { MessageWithParts } from "../store/store"
import { type Entry, record } from "./record"

/** The error of a message whose answer was stopped. */
export const ABORTED: RunError = { name: "MessageAbortedError", data: { message: "Aborted" } }

/** A call that ended without a result. What it had shown stays. `error` is what the model reads. */
export function interrupted(
  state: ToolStatePending | ToolStateRunning,
  end: number,
  error = "Tool execution was interrupted",
): ToolStateError {
  const running = state.status === "running" ? state : undefined
  return {
    status: "error",
    input: state.input,
    error,
    metadata: { ...running?.metadata, interrupted: true },
    time: { start: running?.time.start ?? end, end },
  }
}

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
      error: info.error ?? ABORTED,
      time: { ...info.time, completed: now },
    },
    parts: parts.map((part) => settledPart(part, now)),
  }
}

/** Stores as settled what is open of a session that does not run: a killed server or a full disk left it so. */
export async function settleMessages(instance: Instance, messages: MessageWithParts[]): Promise<void> {
  const now = instance.app.now()
  const entries = messages.filter(isOpen).flatMap((entry): Entry[] => {
    const { info, parts } = settled(entry, now)
    return [
      { type: "message.updated", info },
      ...parts
        .filter((part) => !entry.parts.includes(part))
        .map((part) => ({ type: "message.part.updated" as const, part })),
    ]
  })
  await record(instance, entries)
}

function settledPart(part: Part, now: number): Part {
  if (part.type === "text" || part.type === "reasoning")
    return part.time?.end === undefined ? { ...part, time: { start: part.time?.start ?? now, end: now } } : part
  if (part.type !== "tool" || part.state.status === "completed" || part.state.status === "error") return part
  return { ...part, state: interrupted(part.state, now) }
}

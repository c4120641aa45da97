import type { Instance } from "../instance/instance"
import type { Agent } from "../schema/agent"
import type { AssistantMessage, UserMessage } from "../schema/message"
import type { ReasoningPart, TextPart, ToolPart } from "../schema/part"
import type { Model } from "../schema/provider"
import type { Session } from "../schema/session"
import { keepPart, savePart } from "../session/message"
import { interrupted } from "../session/settle"
import type { Run } from "../session/status"
import { NO_TOOLS, type StepTools } from "./step-tools"

/** What one step has written so far: its message and the parts that are still open. */
export interface Recorder {
  readonly instance: Instance
  readonly run: Run
  readonly session: Session
  readonly user: UserMessage
  readonly agent: Agent
  readonly model: Model
  /** Changed in place until the step ends. */
  readonly message: AssistantMessage
  /** Text and reasoning that streams, by the vendor's stream id. */
  readonly open: Map<string, TextPart | ReasoningPart>
  /** Tool parts by call id. */
  readonly calls: Map<string, ToolPart>
  /** Running tool calls; they never reject. */
  readonly running: Set<Promise<void>>
  tools: StepTools
  /** Tree of the worktree at the step's start, once known. */
  snapshot: string | undefined
  /** When streaming text was last stored, in epoch milliseconds. */
  kept: number
}

export const createRecorder = (
  instance: Instance,
  run: Run,
  input: Pick<Recorder, "session" | "user" | "agent" | "model">,
  message: AssistantMessage,
): Recorder => ({
  instance,
  run,
  session: input.session,
  user: input.user,
  agent: input.agent,
  model: input.model,
  message,
  open: new Map(),
  calls: new Map(),
  running: new Set(),
  tools: NO_TOOLS,
  snapshot: undefined,
  kept: 0,
})

const KEEP_EVERY_MS = 250

/** Stores streaming text at most every 250 ms: enough that a crash loses next to nothing, and no write per token. */
export async function keepStreaming(recorder: Recorder, part: TextPart | ReasoningPart): Promise<void> {
  const now = recorder.instance.app.now()
  if (now - recorder.kept < KEEP_EVERY_MS) return
  recorder.kept = now
  await keepPart(recorder.instance, part)
}

/**
 * Closes what is still open when a step ends before its stream does. The text that came stays, except before a retry, which
 * says it again: then only the empty part remains. Waits for running tools: an abort has told them to stop, and after a
 * failure of the stream what they began is still worth its result.
 */
export async function closeParts(recorder: Recorder, reason: "abort" | "error" | "retry"): Promise<void> {
  const { instance } = recorder
  await Promise.all(recorder.running)
  const end = instance.app.now()
  for (const part of recorder.open.values()) {
    if (reason === "retry") await keepPart(instance, { ...part, text: "" })
    else await savePart(instance, { ...part, time: { start: part.time?.start ?? end, end } })
  }
  recorder.open.clear()
  for (const part of recorder.calls.values()) {
    if (part.state.status !== "pending" && part.state.status !== "running") continue
    part.state = interrupted(part.state, end, reason === "abort" ? "Tool execution aborted" : undefined)
    await savePart(instance, part)
  }
}

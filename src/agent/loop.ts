import { errorMessage } from "../base/error"
import type { Instance } from "../instance/instance"
import { getModel } from "../provider/model"
import type { AssistantMessage, UserMessage } from "../schema/message"
import type { CompactionPart, SubtaskPart } from "../schema/part"
import { getSession } from "../session/session"
import { settleMessages } from "../session/settle"
import { type Run, setStatus } from "../session/status"
import { summarizeTurn } from "../session/summary"
import type { MessageWithParts } from "../store/store"
import { activeHistory } from "./active-history"
import { getAgent } from "./agent"
import { compact, requestCompaction } from "./compaction"
import { publishFailure } from "./failure"
import { endTooLong, followsCompaction, needsCompaction } from "./overflow"
import { pruneOutputs } from "./prune"
import { runStep } from "./step"
import { runSubtaskPart } from "./subtask-part"
import { ensureTitle } from "./title"

type UserEntry = MessageWithParts & { info: UserMessage }
type AssistantEntry = MessageWithParts & { info: AssistantMessage }

/**
 * Answers a session's prompts, one model call after another, until nothing is left to do: also prompts that arrive while it
 * runs. Answers the last assistant message. `release` frees the run slot in the tick in which that is decided. A failure
 * before there is an assistant message is published and thrown.
 */
export async function runLoop(instance: Instance, run: Run, release: () => void): Promise<MessageWithParts> {
  const { sessionID } = run
  const turn: Turn = { userID: "", steps: 0, cuts: 0 }
  try {
    for (;;) {
      const { aborted } = run.abort.signal
      if (!aborted) setStatus(instance, run, { type: "busy" })
      const handled = run.requests
      const history = await activeHistory(instance, sessionID)
      if (turn.steps === 0) await settleMessages(instance, history)
      const user = newest(history.filter(isUser))
      if (!user) {
        await getSession(instance.app, sessionID)
        throw new Error(`Session has no prompt: ${sessionID}`)
      }
      const last = newest(history.filter(isAssistant))
      if (last && !aborted && !last.info.error && (await overflows(instance, { history, user, last }))) {
        if (!isFirstAfterCompaction(history, user)) {
          await requestCompaction(instance, { user: user.info, overflow: false })
          continue
        }
        if (!isFinal(last, user)) await endTooLong(instance, last.info)
      }
      if (aborted || (last && (isFinal(last, user) || isStuck(history, user)))) {
        // No await from here to the release: a prompt either is seen here or starts a run of its own.
        if (run.requests !== handled && !aborted) continue
        release()
        await endTurn(instance, sessionID, user.info.id)
        return last ?? user
      }
      if (turn.userID !== user.info.id) Object.assign(turn, { userID: user.info.id, steps: 0, cuts: 0 })
      turn.steps++
      await takeStep(instance, run, { history, user, turn })
    }
  } catch (error) {
    publishFailure(instance, sessionID, error)
    throw error
  }
}

/** The work on one prompt. */
interface Turn {
  userID: string
  /** With the coming one. */
  steps: number
  /** How many answers broke off in a row. */
  cuts: number
}

interface StepState {
  history: MessageWithParts[]
  user: UserEntry
  turn: Turn
}

async function takeStep(instance: Instance, run: Run, { history, user, turn }: StepState): Promise<void> {
  const { sessionID } = run
  const [model, agent] = await Promise.all([getModel(instance, user.info.model), getAgent(instance, user.info.agent)])
  const waiting = unanswered(history, user)
  const subtask = waiting.find((part): part is SubtaskPart => part.type === "subtask")
  if (subtask) return runSubtaskPart(instance, run, { user: user.info, subtask, agent, model })
  const compaction = waiting.find((part): part is CompactionPart => part.type === "compaction")
  // The summary of the turn so far goes out while the model thinks.
  const onStart = () => void besideRun(instance, sessionID, () => summarizeTurn(instance, sessionID, user.info.id))
  if (compaction) return compact(instance, run, { history, user: user.info, part: compaction, model, onStart })
  const session = await getSession(instance.app, sessionID)
  if (turn.steps === 1) void besideRun(instance, sessionID, () => ensureTitle(instance, session, { history, model }))
  const outcome = await runStep(instance, run, {
    session,
    history,
    user: user.info,
    agent,
    model,
    steps: turn.steps,
    cuts: turn.cuts,
    onStart,
  })
  turn.cuts = outcome === "cut" ? turn.cuts + 1 : 0
  if (outcome === "overflow") await requestCompaction(instance, { user: user.info, overflow: true })
}

/** Whether the conversation has outgrown its model and no compaction is under way. */
async function overflows(
  instance: Instance,
  { history, user, last }: { history: MessageWithParts[]; user: UserEntry; last: AssistantEntry },
): Promise<boolean> {
  if (last.info.summary || unanswered(history, user).some((part) => part.type === "compaction")) return false
  return needsCompaction(instance, last.info)
}

/** Parts that ask for work of their own and have no answer yet. */
function unanswered(history: MessageWithParts[], user: UserEntry) {
  return answersTo(history, user).length > 0 ? [] : user.parts
}

const answersTo = (history: MessageWithParts[], user: UserEntry) =>
  history.filter(({ info }) => info.role === "assistant" && info.parentID === user.info.id)

/** Whether there is just one answer since the conversation was made as short as it can be. */
const isFirstAfterCompaction = (history: MessageWithParts[], user: UserEntry) =>
  followsCompaction(user.parts) && answersTo(history, user).length === 1

/** Whether the last assistant message leaves nothing to do for the last user message. */
function isFinal({ info, parts }: AssistantEntry, user: UserEntry): boolean {
  if (info.parentID !== user.info.id) return false
  if (info.error || info.structured !== undefined) return true
  if (!info.finish) return info.time.completed !== undefined
  if (info.finish === "tool-calls" || info.finish === "unknown") return isBlocked(parts)
  return !parts.some((part) => part.type === "tool" && !part.metadata?.providerExecuted)
}

/** Answers in a row that ask to be called again, yet call no tool. */
const MAX_IDLE_STEPS = 5

/** Whether the vendor ends answer after answer as if there was more to do, while nothing is done: that would never end. */
function isStuck(history: MessageWithParts[], user: UserEntry): boolean {
  const idle = answersTo(history, user).slice(-MAX_IDLE_STEPS)
  return idle.length === MAX_IDLE_STEPS && !idle.some(({ parts }) => parts.some((part) => part.type === "tool"))
}

/** A call that the user refused without a word of advice ends the turn; `tool-call.ts` marks it. */
const isBlocked = (parts: MessageWithParts["parts"]) =>
  parts.some((part) => part.type === "tool" && part.state.status === "error" && part.state.metadata?.stopped === true)

async function endTurn(instance: Instance, sessionID: string, userID: string): Promise<void> {
  void besideRun(instance, sessionID, () => pruneOutputs(instance, sessionID))
  await besideRun(instance, sessionID, () => summarizeTurn(instance, sessionID, userID))
}

/** Work whose failure must not become the run's; it is logged, unless the instance or the session is gone meanwhile. */
async function besideRun(instance: Instance, sessionID: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const exists = await getSession(instance.app, sessionID).catch(() => undefined)
    if (exists && !instance.signal.aborted)
      instance.app.log.warn("Work beside a run failed", { error: errorMessage(error) })
  }
}

/** By age: the turns that a compaction keeps stand after its summary, but are older. */
const newest = <E extends MessageWithParts>(entries: E[]): E | undefined =>
  entries.reduce<E | undefined>((found, entry) => (found && isOlder(entry, found) ? found : entry), undefined)

const isOlder = ({ info: a }: MessageWithParts, { info: b }: MessageWithParts) =>
  a.time.created === b.time.created ? a.id < b.id : a.time.created < b.time.created

const isUser = (entry: MessageWithParts): entry is UserEntry => entry.info.role === "user"
const isAssistant = (entry: MessageWithParts): entry is AssistantEntry => entry.info.role === "assistant"

import { createKeyedLock } from "../base/lock"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import type { Session } from "../schema/session"
import type { SnapshotFileDiff } from "../schema/snapshot"
import { snapshotDiff } from "../snapshot/diff"
import type { MessageWithParts } from "../store/store"
import { record } from "./record"
import { changeSession } from "./session"

/** Messages of a turn are among the newest; reading more than this at once is rarely needed. */
const NEWEST = 64

interface Known {
  /** Snapshot before the session's first step. */
  first: string
  /** The last one that was compared with it. */
  last: string
  diffs: SnapshotFileDiff[]
}

/** Sessions whose diffs are remembered. */
const MAX_KNOWN = 50

/** What was found out about sessions, so that a turn that changes nothing costs no git call and no reading of old messages. */
const known = instanceState(() => new Map<string, Known>())
const locks = instanceState(() => createKeyedLock())

/**
 * Compares the snapshots of a turn and tells what its steps changed: in the user message's `summary.diffs`, in the
 * session's `summary` and as `session.diff`, the last two for the whole session. Called when a step has begun and at
 * the end of a turn; nothing is stored again that has not changed.
 */
export function summarizeTurn(instance: Instance, sessionID: string, userMessageID: string): Promise<void> {
  // One after another, so that the summary of the end is the last.
  return locks(instance)(sessionID, () => summarize(instance, sessionID, userMessageID))
}

async function summarize(instance: Instance, sessionID: string, userMessageID: string): Promise<void> {
  const messages = await turnOf(instance, sessionID, userMessageID)
  const user = messages.find(({ info }) => info.id === userMessageID)?.info
  if (user?.role !== "user") return
  const range = rangeOf(messages)
  const diffs = range ? await snapshotDiff(instance, range.first, range.last) : []
  const whole = await wholeDiff(instance, sessionID, range && { ...range, diffs })
  await storeTotals(instance, sessionID, totals(whole))
  publish(instance, "session.diff", { sessionID, diff: whole })
  if (sameDiffs(user.summary?.diffs, diffs)) return
  // Read again: the message may have changed meanwhile.
  const now = await instance.app.store.findMessage(sessionID, userMessageID)
  if (now?.role !== "user") return
  await record(instance, [{ type: "message.updated", info: { ...now, summary: { ...now.summary, diffs } } }])
}

/**
 * What the session changed: all of it that is not reverted, or one turn's share with the id of its user message. Unknown
 * sessions and messages and those of the assistant have no changes.
 */
export async function sessionDiff(
  instance: Instance,
  sessionID: string,
  messageID?: string,
): Promise<SnapshotFileDiff[]> {
  if (!messageID) {
    const reverted = (await instance.app.store.findSession(sessionID))?.revert
    if (!reverted) return wholeDiff(instance, sessionID)
    const messages = await instance.app.store.listMessages(sessionID)
    const from = messages.findIndex(({ info }) => info.id === reverted.messageID)
    return diffOf(instance, from < 0 ? messages : messages.slice(0, from))
  }
  const info = await instance.app.store.findMessage(sessionID, messageID)
  return info?.role === "user" ? (info.summary?.diffs ?? []) : []
}

/** What the steps of these messages changed, from the first one's snapshot to the last one's. */
export async function diffOf(instance: Instance, messages: MessageWithParts[]): Promise<SnapshotFileDiff[]> {
  const range = rangeOf(messages)
  return range ? snapshotDiff(instance, range.first, range.last) : []
}

/** The sums that a session's `summary` shows. */
export const totals = (diffs: SnapshotFileDiff[]): NonNullable<Session["summary"]> => ({
  additions: diffs.reduce((sum, { additions }) => sum + additions, 0),
  deletions: diffs.reduce((sum, { deletions }) => sum + deletions, 0),
  files: diffs.length,
})

/** To be called when steps of the session were removed: what is known of their snapshots no longer holds. */
export const forgetSummary = (instance: Instance, sessionID: string) => void known(instance).delete(sessionID)

async function wholeDiff(
  instance: Instance,
  sessionID: string,
  turn?: { first: string; last: string; diffs: SnapshotFileDiff[] },
): Promise<SnapshotFileDiff[]> {
  const before = known(instance).get(sessionID)
  if (before && turn && before.last === turn.last) return before.diffs
  const range =
    before && turn
      ? { first: before.first, last: turn.last }
      : rangeOf(await instance.app.store.listMessages(sessionID))
  if (!range) return []
  const { first, last } = range
  if (before?.first === first && before.last === last) return before.diffs
  const isTurn = turn?.first === first && turn.last === last
  const diffs = isTurn ? turn.diffs : await snapshotDiff(instance, first, last)
  remember(instance, sessionID, { first, last, diffs })
  return diffs
}

function remember(instance: Instance, sessionID: string, entry: Known) {
  const all = known(instance)
  all.delete(sessionID)
  all.set(sessionID, entry)
  const [oldest] = all.keys()
  if (all.size > MAX_KNOWN && oldest) all.delete(oldest)
}

/** The messages of a turn: the user's and all steps that answer it. */
async function turnOf(instance: Instance, sessionID: string, userMessageID: string): Promise<MessageWithParts[]> {
  const { store } = instance.app
  const newest = await store.listMessages(sessionID, { limit: NEWEST })
  const found = newest.some(({ info }) => info.id === userMessageID) ? newest : await store.listMessages(sessionID)
  return found.filter(({ info }) => (info.role === "user" ? info.id : info.parentID) === userMessageID)
}

/** Snapshots before the first and after the last step. Undefined when no step has both ends yet. */
function rangeOf(messages: MessageWithParts[]): { first: string; last: string } | undefined {
  let first: string | undefined
  let last: string | undefined
  for (const { parts } of messages)
    for (const part of parts) {
      if (part.type === "step-start") first ??= part.snapshot
      if (part.type === "step-finish") last = part.snapshot ?? last
    }
  return first && last ? { first, last } : undefined
}

async function storeTotals(instance: Instance, sessionID: string, summary: NonNullable<Session["summary"]>) {
  await changeSession(instance, sessionID, (session) => {
    const { additions, deletions, files } = session.summary ?? {}
    const same = additions === summary.additions && deletions === summary.deletions && files === summary.files
    return same ? undefined : { ...session, summary }
  })
}

function sameDiffs(before: SnapshotFileDiff[] | undefined, after: SnapshotFileDiff[]) {
  return before?.length === after.length && Bun.deepEquals(before, after)
}

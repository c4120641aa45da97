import { createKeyedLock } from "../base/lock"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { appState } from "../instance/state"
import type { StepFinishPart } from "../schema/part"
import type { Session } from "../schema/session"
import { changedFiles, type SnapshotPatch, snapshotDiffText } from "../snapshot/diff"
import { restoreSnapshot, revertFiles } from "../snapshot/restore"
import { trackSnapshot } from "../snapshot/snapshot"
import type { MessageWithParts } from "../store/store"
import { type Entry, record } from "./record"
import { changeSession, getSession } from "./session"
import { requireIdle } from "./status"
import { diffOf, forgetSummary, totals } from "./summary"
import { withoutSteps } from "./tokens"

/** From where on a session is taken back: a message, or a part inside of one. */
export interface RevertTarget {
  messageID: string
  partID?: string
}

/** Reverts, their undoing and their cleaning up happen one after another in a session. */
const locks = appState(() => createKeyedLock())

/**
 * Takes back what the session's steps did to files from the target on. Messages stay listed until the next prompt. A
 * second revert starts from the files as they were before the first. An unknown target changes nothing. Throws 404 for an
 * unknown session, 409 while it runs.
 */
export function revertSession(instance: Instance, sessionID: string, target: RevertTarget): Promise<Session> {
  return locks(instance.app)(sessionID, async () => {
    requireIdle(instance, sessionID)
    const session = await getSession(instance.app, sessionID)
    const messages = await instance.app.store.listMessages(sessionID)
    const point = findPoint(messages, target)
    if (!point) return session
    const before = await returnToStart(instance, session)
    const reverted = messages.slice(point.index)
    await revertFiles(instance, await patchesOf(instance, reverted, point.partID))
    const after = before && (await trackSnapshot(instance))
    const diff = after && (await snapshotDiffText(instance, before, after))
    const diffs = await diffOf(instance, reverted)
    publish(instance, "session.diff", { sessionID, diff: diffs })
    const { messageID, partID } = point
    return changeSession(instance, sessionID, (now) => ({
      ...now,
      summary: totals(diffs),
      revert: {
        messageID,
        ...(partID && { partID }),
        ...(before && { snapshot: before }),
        ...(diff !== undefined && { diff }),
      },
      time: { ...now.time, updated: instance.app.now() },
    }))
  })
}

/**
 * Gives the files back that the revert had taken away. Files that it had brought back stay. Answers the session as it is
 * when nothing is reverted. Throws 404 for an unknown session, 409 while it runs.
 */
export function unrevertSession(instance: Instance, sessionID: string): Promise<Session> {
  return locks(instance.app)(sessionID, async () => {
    requireIdle(instance, sessionID)
    const session = await getSession(instance.app, sessionID)
    if (!session.revert) return session
    if (session.revert.snapshot) await restoreSnapshot(instance, session.revert.snapshot)
    return changeSession(instance, sessionID, ({ revert, ...now }) => ({
      ...now,
      time: { ...now.time, updated: instance.app.now() },
    }))
  })
}

/**
 * Makes a revert final: removes the messages that were taken back, and what they had cost from the session's sums. Then
 * runs `task`, which adds something new to the session; no revert begins before it has ended.
 */
export function afterRevert<T>(instance: Instance, { id: sessionID }: Session, task: () => Promise<T>): Promise<T> {
  return locks(instance.app)(sessionID, async () => {
    await cleanUp(instance, sessionID)
    return task()
  })
}

/**
 * Runs `task`, which adds something to the session that is not the user's: it does not make a revert final, but is told
 * whether there is one. No revert begins before it has ended. Throws 404 for an unknown session.
 */
export function besideRevert<T>(
  instance: Instance,
  sessionID: string,
  task: (isReverted: boolean) => Promise<T>,
): Promise<T> {
  return locks(instance.app)(sessionID, async () => {
    const { revert } = await getSession(instance.app, sessionID)
    return task(revert !== undefined)
  })
}

async function cleanUp(instance: Instance, sessionID: string): Promise<void> {
  // Read again: a revert may have been under way.
  const { revert } = await getSession(instance.app, sessionID)
  if (!revert) return
  const messages = await instance.app.store.listMessages(sessionID)
  const from = messages.findIndex(({ info }) => info.id === revert.messageID)
  const gone = from < 0 ? [] : messages.slice(from)
  const { entries, steps } = removals(gone, revert.partID)
  await record(instance, entries)
  forgetSummary(instance, sessionID)
  await changeSession(instance, sessionID, ({ revert: _, ...now }) => withoutSteps(now, steps))
}

interface Point extends RevertTarget {
  /** Of the message in the list. */
  index: number
}

/**
 * Where the revert begins. It goes back to the user message of the turn, so that the prompt can be sent anew, unless the
 * message has said or done something before the part.
 */
function findPoint(messages: MessageWithParts[], { messageID, partID }: RevertTarget): Point | undefined {
  const index = messages.findIndex(({ info }) => info.id === messageID)
  const target = messages[index]
  if (!target) return undefined
  if (partID) {
    const at = target.parts.findIndex((part) => part.id === partID)
    if (at < 0) return undefined
    const stays = target.parts.slice(0, at).some((part) => part.type === "text" || part.type === "tool")
    if (stays) return { messageID, partID, index }
  }
  const user = messages.findLastIndex(({ info }, each) => each <= index && info.role === "user")
  const start = messages[user]
  return start ? { messageID: start.info.id, index: user } : { messageID, index }
}

/** The files as they were before any revert, and the snapshot of that. */
async function returnToStart(instance: Instance, { revert }: Session): Promise<string | undefined> {
  if (!revert?.snapshot) return trackSnapshot(instance)
  await restoreSnapshot(instance, revert.snapshot)
  return revert.snapshot
}

/** What the messages did to files. Patch parts name only the new path of a renamed file: the snapshots know the old one. */
async function patchesOf(
  instance: Instance,
  messages: MessageWithParts[],
  partID: string | undefined,
): Promise<SnapshotPatch[]> {
  const patches: SnapshotPatch[] = []
  for (const [index, { parts }] of messages.entries()) {
    const from = index === 0 && partID ? parts.findIndex((part) => part.id === partID) : 0
    for (const [at, part] of parts.entries()) {
      if (part.type !== "patch" || at < from) continue
      const end = parts.slice(0, at).findLast((each): each is StepFinishPart => each.type === "step-finish")
      const all = end?.snapshot ? await changedFiles(instance, part.hash, end.snapshot) : []
      patches.push({ hash: part.hash, files: [...new Set([...part.files, ...all])] })
    }
  }
  return patches
}

/** With `partID` the first message stays, without its parts from there on. */
function removals(messages: MessageWithParts[], partID: string | undefined) {
  const entries: Entry[] = []
  const steps: StepFinishPart[] = []
  for (const [index, { info, parts }] of messages.entries()) {
    const at = partID && index === 0 ? parts.findIndex((part) => part.id === partID) : 0
    const gone = at < 0 ? [] : parts.slice(at)
    for (const part of gone) if (part.type === "step-finish") steps.push(part)
    const ids = { sessionID: info.sessionID, messageID: info.id }
    if (partID && index === 0)
      for (const part of gone) entries.push({ type: "message.part.removed", ...ids, partID: part.id })
    else entries.push({ type: "message.removed", ...ids })
  }
  return { entries, steps }
}

import { relative } from "node:path"
import { type Static, Type } from "@sinclair/typebox"
import { badRequest, tagged } from "../base/error"
import { cleanValue, firstProblem, problemText } from "../base/schema-problem"
import { type Instance, openInstance } from "../instance/instance"
import type { Message } from "../schema/message"
import { MessageEntry } from "../schema/message-entry"
import type { Part } from "../schema/part"
import { Session } from "../schema/session"
import { hasSnapshots } from "../snapshot/known"
import type { MessageWithParts, Store } from "../store/store"
import { type Entry, record } from "./record"
import { interrupted } from "./settle"
import { requireIdle } from "./status"

const MAX_REASON = 400
/** Ids become file names, parts of URLs and arguments of programs. */
const SAFE_ID = /^[a-z]+_[\w-]{1,100}$/

/** One session as a file: what `opencode export` writes, here and upstream. */
export const SessionExport = Type.Object({ info: Session, messages: Type.Array(MessageEntry) })
export type SessionExport = Static<typeof SessionExport>

export interface ImportOptions {
  /** Whether a session of the same id may be replaced, with all its messages and todos. */
  replace?: boolean
}

/**
 * Stores a session that was exported, here or upstream, under its own ids, in the instance's directory and project. What
 * ran when it was exported counts as interrupted. Snapshots are kept only where they exist; the link to a share page never, a
 * parent only if it is there and no child of its own. Throws 400 for what is no such export, 409 for an id that is taken unless it may be replaced.
 */
export async function importSession(instance: Instance, data: unknown, options: ImportOptions = {}): Promise<Session> {
  const { info, messages } = readExport(data)
  const { store } = instance.app
  const existing = await store.findSession(info.id)
  if (existing && !options.replace)
    throw tagged(409, "SessionExistsError", `There is a session ${info.id} already: ${existing.title}`, {
      sessionID: info.id,
    })
  if (existing) requireIdle(await openInstance(instance.app, existing.directory), info.id)
  const keepParent = await isUsableParent(store, info)
  const restorable = await hasSnapshots(instance, treesOf(info, messages))
  const session = settledSession(instance, info, { keepParent, restorable })
  const entries: Entry[] = existing ? [{ type: "session.deleted", info: existing }] : []
  entries.push({ type: "session.created", info: session })
  for (const message of messages) {
    entries.push({ type: "message.updated", info: settledMessage(message.info) })
    for (const part of message.parts)
      entries.push(
        ...settledPart(part, restorable).map((each) => ({ type: "message.part.updated" as const, part: each })),
      )
  }
  await record(instance, entries)
  return session
}

/** Whether the parent is there and does not descend from the session, which would be a circle without an end. */
async function isUsableParent(store: Store, { id, parentID }: Session): Promise<boolean> {
  const parent = parentID === undefined ? undefined : await store.findSession(parentID)
  for (let each = parent; each; each = each.parentID === undefined ? undefined : await store.findSession(each.parentID))
    if (each.id === id) return false
  return parent !== undefined
}

function readExport(data: unknown): SessionExport {
  const problem = firstProblem(SessionExport, data)
  if (problem) throw unreadable(problemText({ ...problem, message: problem.message.slice(0, MAX_REASON) }))
  const { info, messages } = cleanValue(SessionExport, data) as SessionExport
  const seen = new Set<string>()
  const own = (id: string) => {
    if (!SAFE_ID.test(id)) throw unreadable(`The id ${JSON.stringify(id).slice(0, MAX_REASON)} has another form`)
    if (seen.has(id)) throw unreadable(`The id ${id} is there twice`)
    seen.add(id)
  }
  own(info.id)
  for (const message of messages) {
    own(message.info.id)
    if (message.info.sessionID !== info.id) throw unreadable(`The message ${message.info.id} is of another session`)
    for (const part of message.parts) {
      own(part.id)
      if (part.messageID !== message.info.id || part.sessionID !== info.id)
        throw unreadable(`The part ${part.id} is of another message`)
    }
  }
  return { info, messages }
}

const unreadable = (reason: string) =>
  badRequest(`This is no session that can be imported; a newer version may have written it. ${reason}`)

function settledSession(
  instance: Instance,
  info: Session,
  { keepParent, restorable }: { keepParent: boolean; restorable: boolean },
): Session {
  const { share, workspaceID, parentID, revert, ...kept } = info
  const { compacting, ...time } = info.time
  return {
    ...kept,
    projectID: instance.project.id,
    directory: instance.directory,
    path: relative(instance.worktree, instance.directory),
    time,
    ...(keepParent && parentID !== undefined && { parentID }),
    ...(revert && { revert: restorable ? revert : withoutSnapshot(revert) }),
  }
}

function settledMessage(info: Message): Message {
  if (info.role === "user" || info.time.completed !== undefined) return info
  return { ...info, time: { ...info.time, completed: info.time.created } }
}

/** The part as it may stay, if it may. */
function settledPart(part: Part, restorable: boolean): Part[] {
  if (part.type === "step-start" || part.type === "step-finish") return [restorable ? part : withoutSnapshot(part)]
  if (part.type === "patch" || part.type === "snapshot") return restorable ? [part] : []
  if (part.type !== "tool" || part.state.status === "completed" || part.state.status === "error") return [part]
  return [{ ...part, state: interrupted(part.state, part.state.status === "running" ? part.state.time.start : 0) }]
}

function withoutSnapshot<T extends { snapshot?: string }>(value: T): T {
  const copy = { ...value }
  delete copy.snapshot
  return copy
}

/** Every snapshot that the session refers to. */
function treesOf({ revert }: Session, messages: MessageWithParts[]): string[] {
  const trees = messages.flatMap(({ parts }) =>
    parts.map((part) => (part.type === "patch" ? part.hash : "snapshot" in part ? part.snapshot : undefined)),
  )
  return [...new Set([revert?.snapshot, ...trees])].filter((tree) => tree !== undefined)
}

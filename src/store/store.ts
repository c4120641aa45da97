import type { EventType } from "../schema/event"
import type { Message } from "../schema/message"
import type { Part } from "../schema/part"
import type { Project } from "../schema/project"
import type { Session } from "../schema/session"
import type { Todo } from "../schema/todo"

/**
 * One write. A commit is a list of them; all happen or none. Removing a session removes its messages, parts and todos, removing
 * a message its parts. Removing what is not there is no error. A message or todo needs its session, a part its message:
 * otherwise the commit throws a 404 `WireError`.
 */
export type Change =
  | { put: "project"; data: Project }
  | { put: "session"; data: Session }
  | { put: "message"; data: Message }
  | { put: "part"; data: Part }
  | { put: "todo"; sessionID: string; data: Todo[] }
  | { remove: "session"; id: string }
  | { remove: "message"; sessionID: string; id: string }
  | { remove: "part"; sessionID: string; messageID: string; id: string }

/** What one row of the changes feed says: the current state of what changed, or that it is gone. */
export type FeedEntry = { seq: number; directory: string; projectID: string } & (
  | { type: Extract<EventType, "session.updated">; info: Session }
  | { type: Extract<EventType, "message.updated">; info: Message }
  | { type: Extract<EventType, "message.part.updated">; part: Part }
  | { type: Extract<EventType, "session.deleted">; info: Session }
  | { type: Extract<EventType, "message.removed">; sessionID: string; messageID: string }
  | { type: Extract<EventType, "message.part.removed">; sessionID: string; messageID: string; partID: string }
)

export interface SessionFilter {
  projectID?: string
  directory?: string
  /** Relative directory inside the worktree; matches its sessions and those of the directories below it; "" matches all. */
  path?: string
  /** Only sessions without a parent. */
  roots?: boolean
  parentID?: string
  /** Updated at or after this time, in epoch milliseconds. */
  start?: number
  /** Only what the list has after this place: sessions updated before `updated`, and of those updated then the ones after `id`. */
  after?: { updated: number; id?: string }
  /** Substring of the title, in any case. */
  search?: string
  /** `false` leaves out the archived ones. */
  archived?: boolean
  /**
   * In the order of creation instead: first the session next to the one with the id `from`, then those further away from
   * it. Without `from` the walk starts with the newest or the oldest of all.
   */
  walk?: { towards: "older" | "newer"; from?: string }
  limit?: number
}

export interface MessageWithParts {
  info: Message
  parts: Part[]
}

export interface MessagePageFilter {
  limit?: number
  before?: string
  after?: string
}

/**
 * The database behind one narrow interface. All writes are batches: there are no interactive transactions, so nothing is
 * ever half stored. `seq` is one growing number per database; each change takes the next one.
 */
export interface Store {
  /** Applies all changes or none and answers the `seq` of the last one. What it stores is visible to the next read. */
  commit(changes: Change[]): Promise<number>
  /** What changed after `seq`, oldest first, deletions included; at most `limit` entries. */
  changesSince(seq: number, scope: { directory?: string }, limit: number): Promise<FeedEntry[]>
  /** The highest `seq` given so far. */
  lastSeq(): Promise<number>

  findProject(id: string): Promise<Project | undefined>
  listProjects(): Promise<Project[]>

  findSession(id: string): Promise<Session | undefined>
  /** The session whose link of `base/share-link.ts` has this secret. */
  findSharedSession(secret: string): Promise<Session | undefined>
  /** Newest `time.updated` first, those of one time by their ids; all without a `limit`. */
  listSessions(filter: SessionFilter): Promise<Session[]>

  findMessage(sessionID: string, id: string): Promise<Message | undefined>
  /**
   * Oldest first. With `limit` the newest ones, with `before` (a message id) only older ones; with `after` (a message id, or
   * empty for the beginning) the ones that follow it.
   */
  listMessages(sessionID: string, page?: MessagePageFilter): Promise<MessageWithParts[]>
  findPart(sessionID: string, messageID: string, id: string): Promise<Part | undefined>
  listParts(sessionID: string, messageID: string): Promise<Part[]>

  listTodos(sessionID: string): Promise<Todo[]>

  close(): Promise<void>
}

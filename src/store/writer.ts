import type { Database } from "bun:sqlite"
import { notFound } from "../base/error"
import { secretOf, shareKey } from "../base/share-link"
import type { Session } from "../schema/session"
import type { Change } from "./store"

type Value = string | number | null
type Put<N> = Extract<Change, { put: N }>
type Remove<N> = Extract<Change, { remove: N }>

/** Applies changes to the tables, inside a transaction of the caller, and hands out `seq`. */
export interface Writer {
  readonly seq: number
  apply(change: Change): void
  /** Takes back the numbers given since: for a transaction that was rolled back. */
  resetSeq(seq: number): void
}

export function createWriter(db: Database): Writer {
  let seq = db
    .query<{ seq: number }, []>(
      `select max(
        coalesce((select max(seq) from project), 0), coalesce((select max(seq) from session), 0),
        coalesce((select max(seq) from message), 0), coalesce((select max(seq) from part), 0),
        coalesce((select max(seq) from todo), 0), coalesce((select max(seq) from tombstone), 0)) as seq`,
    )
    .get()!.seq

  const run = (sql: string, ...values: Value[]) => db.query<unknown, Value[]>(sql).run(...values)
  const findScope = (sessionID: string) =>
    db
      .query<{ projectID: string; directory: string; data: string }, [string]>(
        "select project_id as projectID, directory, data from session where id = ?",
      )
      .get(sessionID)
  const bury = (type: string, sessionID: string, messageID: string | null, partID: string | null) => {
    const scope = findScope(sessionID)
    if (!scope) return false
    const data = type === "session.deleted" ? scope.data : null
    run(
      "insert into tombstone (seq, type, project_id, directory, session_id, message_id, part_id, data) values (?, ?, ?, ?, ?, ?, ?, ?)",
      ++seq,
      type,
      scope.projectID,
      scope.directory,
      sessionID,
      messageID,
      partID,
      data,
    )
    return true
  }

  const put = {
    project: ({ data }: Put<"project">) =>
      run(
        `insert into project (id, seq, created, data) values (?, ?, ?, ?)
         on conflict (id) do update set seq = excluded.seq, created = excluded.created, data = excluded.data`,
        data.id,
        ++seq,
        data.time.created,
        JSON.stringify(data),
      ),
    session: ({ data }: Put<"session">) =>
      run(
        `insert into session (id, seq, project_id, directory, path, parent_id, updated, archived, title_folded, share_key, data)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do update set seq = excluded.seq, project_id = excluded.project_id, directory = excluded.directory,
           path = excluded.path, parent_id = excluded.parent_id, updated = excluded.updated, archived = excluded.archived,
           title_folded = excluded.title_folded, share_key = excluded.share_key, data = excluded.data`,
        data.id,
        ++seq,
        data.projectID,
        data.directory,
        data.path ?? null,
        data.parentID ?? null,
        data.time.updated,
        isArchived(data) ? 1 : 0,
        foldCase(data.title),
        shareKeyOf(data),
        JSON.stringify(data),
      ),
    message: ({ data }: Put<"message">) =>
      belongsTo(`Session not found: ${data.sessionID}`, () =>
        run(
          `insert into message (session_id, id, seq, created, data) values (?, ?, ?, ?, ?)
           on conflict (session_id, id) do update set seq = excluded.seq, created = excluded.created, data = excluded.data`,
          data.sessionID,
          data.id,
          ++seq,
          data.time.created,
          JSON.stringify(data),
        ),
      ),
    part: ({ data }: Put<"part">) =>
      belongsTo(`Message not found: ${data.messageID}`, () =>
        run(
          `insert into part (session_id, message_id, id, seq, data) values (?, ?, ?, ?, ?)
           on conflict (session_id, message_id, id) do update set seq = excluded.seq, data = excluded.data`,
          data.sessionID,
          data.messageID,
          data.id,
          ++seq,
          JSON.stringify(data),
        ),
      ),
    todo: ({ sessionID, data }: Put<"todo">) =>
      belongsTo(`Session not found: ${sessionID}`, () =>
        run(
          `insert into todo (session_id, seq, data) values (?, ?, ?)
           on conflict (session_id) do update set seq = excluded.seq, data = excluded.data`,
          sessionID,
          ++seq,
          JSON.stringify(data),
        ),
      ),
  }
  const remove = {
    session: ({ id }: Remove<"session">) => {
      const older = seq
      if (!bury("session.deleted", id, null, null)) return
      // That the session is gone says it of its messages and parts as well.
      run("delete from tombstone where session_id = ? and seq <= ?", id, older)
      run("delete from session where id = ?", id)
    },
    message: ({ sessionID, id }: Remove<"message">) => {
      if (bury("message.removed", sessionID, id, null))
        run("delete from message where session_id = ? and id = ?", sessionID, id)
    },
    part: ({ sessionID, messageID, id }: Remove<"part">) => {
      if (bury("message.part.removed", sessionID, messageID, id))
        run("delete from part where session_id = ? and message_id = ? and id = ?", sessionID, messageID, id)
    },
  }

  return {
    get seq() {
      return seq
    },
    resetSeq(value) {
      seq = value
    },
    apply(change) {
      if ("put" in change) {
        if (change.put === "project") put.project(change)
        else if (change.put === "session") put.session(change)
        else if (change.put === "message") put.message(change)
        else if (change.put === "part") put.part(change)
        else put.todo(change)
      } else if (change.remove === "session") remove.session(change)
      else if (change.remove === "message") remove.message(change)
      else remove.part(change)
    },
  }
}

/** How titles are compared in a search: without case. */
export const foldCase = (text: string) => text.toLowerCase()

function shareKeyOf({ share }: Session): string | null {
  const secret = share && secretOf(share.url)
  return secret === undefined ? null : shareKey(secret)
}

const isArchived = (session: Session) => session.time.archived !== undefined

function belongsTo(missing: string, write: () => unknown) {
  try {
    write()
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "SQLITE_CONSTRAINT_FOREIGNKEY")
      throw notFound(missing)
    throw error
  }
}

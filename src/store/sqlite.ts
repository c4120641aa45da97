import { Database } from "bun:sqlite"
import { closeSync, mkdirSync, openSync } from "node:fs"
import { dirname } from "node:path"
import { errorMessage } from "../base/error"
import { shareKey } from "../base/share-link"
import { createCommitQueue } from "./commit-queue"
import { listChanges } from "./feed"
import { takeHolderLock } from "./holder-lock"
import { listMessages } from "./message-query"
import { migrate } from "./migrations"
import { StoreOpenError } from "./open-error"
import { listSessions } from "./session-query"
import type { Store } from "./store"
import { createWriter } from "./writer"

/**
 * The store in one SQLite file, which is made when missing; `:memory:` for one that is gone with its closing. Only one
 * process may have a file open. Throws `StoreOpenError` when it cannot be opened.
 *
 * A commit that was answered survives the end of the process, however it ends; the end of the machine may take the last
 * moments with it, never more, and never a part of a commit.
 */
export async function openStore(file: string, { now }: { now: () => number }): Promise<Store> {
  const memory = file === ":memory:"
  if (!memory) prepareFile(file)
  const lock = memory ? undefined : takeHolderLock(file, process.pid, now())
  try {
    return makeStore(openDatabase(file), () => lock?.release())
  } catch (error) {
    lock?.release()
    if (error instanceof StoreOpenError) throw error
    throw new StoreOpenError("unusable", `Cannot open ${file}: ${errorMessage(error)}`, { cause: error })
  }
}

function prepareFile(file: string) {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // Conversations are nobody else's business; SQLite gives its side files the same mode.
    closeSync(openSync(file, "a", 0o600))
  } catch (error) {
    throw new StoreOpenError("unusable", `Cannot write ${file}: ${errorMessage(error)}`, { cause: error })
  }
}

function openDatabase(file: string) {
  const db = new Database(file, { create: true, readwrite: true, strict: true })
  try {
    db.run("pragma busy_timeout = 2000")
    db.run("pragma journal_mode = wal")
    db.run("pragma synchronous = normal")
    db.run("pragma journal_size_limit = 67108864")
    db.run("pragma foreign_keys = on")
    migrate(db, file)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function makeStore(db: Database, released: () => void): Store {
  const writer = createWriter(db)
  const queue = createCommitQueue(db, writer)
  let open = true

  /** Runs a read; what was handed to `commit` before is in the tables by then. */
  const read = async <T>(query: () => T): Promise<T> => {
    if (!open) throw new Error("The store is closed")
    queue.flush()
    return query()
  }
  const find = <T>(sql: string, ...values: string[]) =>
    read((): T | undefined => {
      const row = db.query<{ data: string }, string[]>(sql).get(...values)
      return row ? JSON.parse(row.data) : undefined
    })
  const list = <T>(sql: string, ...values: string[]) =>
    read(() =>
      db
        .query<{ data: string }, string[]>(sql)
        .all(...values)
        .map((row): T => JSON.parse(row.data)),
    )

  return {
    async commit(changes) {
      if (!open) throw new Error("The store is closed")
      return queue.add(changes)
    },
    changesSince: (seq, { directory }, limit) => read(() => listChanges(db, seq, directory, limit)),
    lastSeq: () => read(() => writer.seq),
    findProject: (id) => find("select data from project where id = ?", id),
    listProjects: () => list("select data from project order by created, rowid"),
    findSession: (id) => find("select data from session where id = ?", id),
    findSharedSession: (secret) => find("select data from session where share_key = ?", shareKey(secret)),
    listSessions: (filter) => read(() => listSessions(db, filter)),
    findMessage: (sessionID, id) => find("select data from message where session_id = ? and id = ?", sessionID, id),
    listMessages: (sessionID, page) => read(() => listMessages(db, sessionID, page)),
    findPart: (sessionID, messageID, id) =>
      find("select data from part where session_id = ? and message_id = ? and id = ?", sessionID, messageID, id),
    listParts: (sessionID, messageID) =>
      list("select data from part where session_id = ? and message_id = ? order by id", sessionID, messageID),
    listTodos: async (sessionID) => (await find("select data from todo where session_id = ?", sessionID)) ?? [],
    async close() {
      if (!open) return
      queue.flush()
      open = false
      db.close()
      released()
    },
  }
}

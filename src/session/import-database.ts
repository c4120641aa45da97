import { Database } from "bun:sqlite"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { badRequest, errorMessage } from "../base/error"
import type { App } from "../instance/app"
import { openInstance } from "../instance/instance"
import { Todo } from "../schema/todo"
import { type ImportOptions, importSession } from "./import"
import { updateTodos } from "./todo"

export interface DatabaseImportOptions extends ImportOptions {
  /** Ids of the sessions that are wanted. Default: all. */
  sessions?: string[]
}

export interface DatabaseImport {
  /** Ids of the sessions that were imported, parents before their children. */
  imported: string[]
  /** Those that were not, and why. */
  skipped: { id: string; reason: string }[]
}

/**
 * Imports sessions from a database of opencode 1.18 (`opencode.db`), each into the instance of its own directory, with its
 * todos. The file is only read, also while the other program uses it. One session that cannot be read does not keep the
 * others out. Throws 400 for a file that is no such database.
 */
export async function importDatabase(
  app: App,
  file: string,
  { sessions: wanted, ...options }: DatabaseImportOptions = {},
): Promise<DatabaseImport> {
  const db = openReadOnly(file)
  try {
    const found = listSessions(db, file)
    const ids = new Set(found.map(({ id }) => id))
    const result: DatabaseImport = { imported: [], skipped: [] }
    for (const id of wanted ?? []) if (!ids.has(id)) result.skipped.push({ id, reason: `${file} has no such session` })
    for (const { id, directory } of found) {
      if (wanted && !wanted.includes(id)) continue
      try {
        const instance = await openInstance(app, directory)
        const todos = readTodos(db, id)
        await importSession(instance, readSession(db, id), options)
        await updateTodos(instance, id, todos)
        result.imported.push(id)
      } catch (error) {
        result.skipped.push({ id, reason: errorMessage(error) })
      }
    }
    return result
  } finally {
    db.close()
  }
}

function openReadOnly(file: string): Database {
  try {
    return new Database(file, { readonly: true, strict: true })
  } catch (error) {
    throw badRequest(`Cannot open ${file}: ${errorMessage(error)}`)
  }
}

/** Parents first. Throws when the tables are not those that are known. */
function listSessions(db: Database, file: string): { id: string; directory: string }[] {
  try {
    for (const sql of [SESSION, MESSAGES, PARTS, TODOS]) db.query(sql)
    return db
      .query<{ id: string; directory: string }, []>(
        "select id, directory from session order by parent_id is not null, time_created, id",
      )
      .all()
  } catch (error) {
    throw badRequest(`${file} is no database of opencode 1.18: ${errorMessage(error)}`)
  }
}

const SESSION = `
  select id, slug, project_id as projectID, parent_id as parentID, directory, path, title, version, agent, cost,
    summary_additions as additions, summary_deletions as deletions, summary_files as files, summary_diffs as diffs,
    tokens_input as input, tokens_output as output, tokens_reasoning as reasoning, tokens_cache_read as read,
    tokens_cache_write as write, metadata, model, permission, revert, time_created as created, time_updated as updated,
    time_archived as archived
  from session where id = ?`
const MESSAGES = "select id, data from message where session_id = ? order by time_created, id"
const PARTS = "select id, message_id as messageID, data from part where session_id = ? order by id"
const TODOS = "select content, status, priority from todo where session_id = ? order by position"

type SessionRow = Record<string, string | number | null>

/** The session in the form of an export, unchecked. Throws for columns that do not hold the JSON they should. */
function readSession(db: Database, id: string): unknown {
  const row = db.query<SessionRow, [string]>(SESSION).get(id)
  if (!row) throw badRequest(`The session ${id} was removed meanwhile`)
  const parts = Map.groupBy(
    db.query<{ id: string; messageID: string; data: string }, [string]>(PARTS).all(id),
    ({ messageID }) => messageID,
  )
  const messages = db.query<{ id: string; data: string }, [string]>(MESSAGES).all(id)
  return {
    info: infoOf(row),
    messages: messages.map((message) => ({
      info: { ...JSON.parse(message.data), id: message.id, sessionID: id },
      parts: (parts.get(message.id) ?? []).map((part) => ({
        ...JSON.parse(part.data),
        id: part.id,
        sessionID: id,
        messageID: message.id,
      })),
    })),
  }
}

/** Columns that are null become fields that are absent. */
function infoOf(row: SessionRow): object {
  const { id, slug, projectID, parentID, directory, path, title, version, agent, cost } = row
  const { additions, deletions, files, input, output, reasoning, read, write, created, updated, archived } = row
  const summary = additions === null ? null : { additions, deletions, files, diffs: parsed(row.diffs) }
  return {
    id,
    slug,
    projectID,
    directory,
    title,
    version,
    cost,
    parentID,
    path,
    agent,
    summary,
    tokens: { input, output, reasoning, cache: { read, write } },
    time: { created, updated, archived },
    metadata: parsed(row.metadata),
    model: parsed(row.model),
    permission: parsed(row.permission),
    revert: parsed(row.revert),
  }
}

const parsed = (text: unknown): unknown => (typeof text === "string" ? JSON.parse(text) : null)

const readTodos = (db: Database, id: string) =>
  Value.Parse(Type.Array(Todo), db.query<unknown, [string]>(TODOS).all(id))

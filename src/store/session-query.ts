import type { Database } from "bun:sqlite"
import type { Session } from "../schema/session"
import type { SessionFilter } from "./store"
import { foldCase } from "./writer"

/** See `listSessions` of the store. */
export function listSessions(db: Database, filter: SessionFilter): Session[] {
  const conditions: string[] = []
  const values: (string | number)[] = []
  const where = (condition: string, ...own: (string | number)[]) => {
    conditions.push(condition)
    values.push(...own)
  }
  if (filter.projectID !== undefined) where("project_id = ?", filter.projectID)
  if (filter.directory !== undefined) where("directory = ?", filter.directory)
  // The character after "/" ends the names that begin with the path and a "/".
  if (filter.path) where("(path = ? or (path > ? and path < ?))", filter.path, `${filter.path}/`, `${filter.path}0`)
  if (filter.parentID !== undefined) where("parent_id = ?", filter.parentID)
  if (filter.roots) where("parent_id is null")
  if (filter.start !== undefined) where("updated >= ?", filter.start)
  if (filter.after?.id === undefined) {
    if (filter.after) where("updated < ?", filter.after.updated)
  } else {
    const { updated, id } = filter.after
    where("updated <= ? and (updated < ? or id > ?)", updated, updated, id)
  }
  if (filter.search) where("instr(title_folded, ?) > 0", foldCase(filter.search))
  if (filter.archived === false) where("archived = 0")
  // Session ids descend with time: the newest comes first when they are sorted as text.
  const { towards, from } = filter.walk ?? {}
  if (from !== undefined) where(towards === "older" ? "id > ?" : "id < ?", from)
  const order = towards === undefined ? "updated desc, id" : towards === "older" ? "id" : "id desc"
  values.push(filter.limit ?? -1)
  const sql = `select data from session ${conditions.length > 0 ? `where ${conditions.join(" and ")}` : ""}
    order by ${order} limit ?`
  return db
    .query<{ data: string }, (string | number)[]>(sql)
    .all(...values)
    .map((row): Session => JSON.parse(row.data))
}

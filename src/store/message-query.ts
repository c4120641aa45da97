import type { Database } from "bun:sqlite"
import type { Message } from "../schema/message"
import type { Part } from "../schema/part"
import type { MessagePageFilter, MessageWithParts } from "./store"

interface MessageRow {
  id: string
  data: string
}
interface PartRow {
  messageID: string
  data: string
}

/** See `listMessages` of the store: one query for the messages, one for all their parts. */
export function listMessages(
  db: Database,
  sessionID: string,
  { limit = -1, before, after }: MessagePageFilter = {},
): MessageWithParts[] {
  const whole = limit < 0 && before === undefined && after === undefined
  const rows = whole
    ? db
        .query<MessageRow, [string]>("select id, data from message where session_id = ? order by created, id")
        .all(sessionID)
    : after === undefined
      ? listNewest(db, sessionID, limit, before)
      : listAfter(db, sessionID, limit, after)
  const parts = new Map<string, Part[]>()
  for (const row of rows) parts.set(row.id, [])
  for (const row of whole ? allParts(db, sessionID) : partsOf(db, sessionID, [...parts.keys()]))
    parts.get(row.messageID)?.push(JSON.parse(row.data))
  return rows.map((row) => ({ info: JSON.parse(row.data) as Message, parts: parts.get(row.id) ?? [] }))
}

function listNewest(db: Database, sessionID: string, limit: number, before: string | undefined) {
  const newest = (condition: string, ...values: (string | number)[]) =>
    db
      .query<MessageRow, (string | number)[]>(
        `select id, data from message where session_id = ? ${condition} order by created desc, id desc limit ?`,
      )
      .all(sessionID, ...values, limit)
      .reverse()
  if (before === undefined) return newest("")
  const created = createdAt(db, sessionID, before)
  // A cursor whose message is gone meanwhile still has its place: ids sort as they were made.
  return created === undefined ? newest("and id < ?", before) : newest("and (created, id) < (?, ?)", created, before)
}

function listAfter(db: Database, sessionID: string, limit: number, after: string) {
  const oldest = (condition: string, ...values: (string | number)[]) =>
    db
      .query<MessageRow, (string | number)[]>(
        `select id, data from message where session_id = ? ${condition} order by created, id limit ?`,
      )
      .all(sessionID, ...values, limit)
  const created = createdAt(db, sessionID, after)
  return created === undefined ? oldest("and id > ?", after) : oldest("and (created, id) > (?, ?)", created, after)
}

const createdAt = (db: Database, sessionID: string, id: string) =>
  db
    .query<{ created: number }, [string, string]>("select created from message where session_id = ? and id = ?")
    .get(sessionID, id)?.created

const allParts = (db: Database, sessionID: string) =>
  db
    .query<PartRow, [string]>(
      "select message_id as messageID, data from part where session_id = ? order by message_id, id",
    )
    .all(sessionID)

const partsOf = (db: Database, sessionID: string, messageIDs: string[]) =>
  db
    .query<PartRow, [string, string]>(
      `select message_id as messageID, data from part
       where session_id = ? and message_id in (select value from json_each(?)) order by message_id, id`,
    )
    .all(sessionID, JSON.stringify(messageIDs))

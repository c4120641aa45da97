import type { Database } from "bun:sqlite"
import type { Message } from "../schema/message"
import type { Part } from "../schema/part"
import type { MessageWithParts } from "./store"

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
  { limit, before }: { limit?: number; before?: string } = {},
): MessageWithParts[] {
  const whole = limit === undefined && before === undefined
  const rows = whole
    ? db
        .query<MessageRow, [string]>("select id, data from message where session_id = ? order by created, id")
        .all(sessionID)
    : listPage(db, sessionID, limit ?? -1, before)
  const parts = new Map<string, Part[]>()
  for (const row of rows) parts.set(row.id, [])
  for (const row of whole ? allParts(db, sessionID) : partsOf(db, sessionID, [...parts.keys()]))
    parts.get(row.messageID)?.push(JSON.parse(row.data))
  return rows.map((row) => ({ info: JSON.parse(row.data) as Message, parts: parts.get(row.id) ?? [] }))
}

function listPage(db: Database, sessionID: string, limit: number, before: string | undefined) {
  const newest = (condition: string, ...values: (string | number)[]) =>
    db
      .query<MessageRow, (string | number)[]>(
        `select id, data from message where session_id = ? ${condition} order by created desc, id desc limit ?`,
      )
      .all(sessionID, ...values, limit)
      .reverse()
  if (before === undefined) return newest("")
  const cursor = db
    .query<{ created: number }, [string, string]>("select created from message where session_id = ? and id = ?")
    .get(sessionID, before)
  // A cursor whose message is gone meanwhile still has its place: ids sort as they were made.
  return cursor ? newest("and (created, id) < (?, ?)", cursor.created, before) : newest("and id < ?", before)
}

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

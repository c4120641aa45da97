import type { Database } from "bun:sqlite"
import type { FeedEntry } from "./store"

interface Row {
  seq: number
  type: FeedEntry["type"]
  projectID: string
  directory: string
  sessionID: string
  messageID: string | null
  partID: string | null
  data: string | null
}

const inScope = (directory: string) => `(?2 is null or ${directory} = ?2)`
// Each branch is read in the order of its index on seq, so that only the rows of the answer are touched.
const SQL = `
  select seq, 'session.updated' as type, project_id as projectID, directory, id as sessionID, null as messageID,
    null as partID, data
  from session where seq > ?1 and ${inScope("directory")}
  union all
  select m.seq, 'message.updated', s.project_id, s.directory, m.session_id, m.id, null, m.data
  from message m cross join session s on s.id = m.session_id where m.seq > ?1 and ${inScope("s.directory")}
  union all
  select p.seq, 'message.part.updated', s.project_id, s.directory, p.session_id, p.message_id, p.id, p.data
  from part p cross join session s on s.id = p.session_id where p.seq > ?1 and ${inScope("s.directory")}
  union all
  select seq, type, project_id, directory, session_id, message_id, part_id, data
  from tombstone where seq > ?1 and ${inScope("directory")}
  order by 1 limit ?3`

/** See `changesSince` of the store. */
export function listChanges(db: Database, seq: number, directory: string | undefined, limit: number): FeedEntry[] {
  return db
    .query<Row, [number, string | null, number]>(SQL)
    .all(seq, directory ?? null, limit)
    .map(feedEntry)
}

function feedEntry(row: Row): FeedEntry {
  const { seq, directory, projectID, sessionID } = row
  const base = { seq, directory, projectID }
  switch (row.type) {
    case "session.updated":
    case "session.deleted":
      return { ...base, type: row.type, info: stored(row) }
    case "message.updated":
      return { ...base, type: row.type, info: stored(row) }
    case "message.part.updated":
      return { ...base, type: row.type, part: stored(row) }
    case "message.removed":
      return { ...base, type: row.type, sessionID, messageID: present(row.messageID) }
    case "message.part.removed":
      return { ...base, type: row.type, sessionID, messageID: present(row.messageID), partID: present(row.partID) }
  }
}

const stored = (row: Row) => JSON.parse(present(row.data))

function present(value: string | null): string {
  if (value === null) throw new Error("A row of the changes feed is incomplete")
  return value
}

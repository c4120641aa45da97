import { newID } from "../base/id"
import type { Instance } from "../instance/instance"
import type { Session } from "../schema/session"
import type { FeedEntry } from "../store/store"
import { oldestFirst } from "./session"

/** A stored change as copies of the data are told of it. */
export interface SyncEvent {
  id: string
  aggregate_id: string
  seq: number
  type: string
  data: object
}

const PAGE = 200

/**
 * The changes to the sessions of the directory, for a copy that knows some of them up to a `seq`: what changed after that,
 * and all of the others. It is read from the changes feed, so each thing comes once, in its present state: a session the
 * copy does not know begins with `session.created` under number 0.
 */
export async function* syncHistory(instance: Instance, known: Record<string, number>): AsyncGenerator<SyncEvent> {
  const { store } = instance.app
  const scope = { directory: instance.directory }
  const created = new Set<string>()
  const sessions = await store.listSessions(scope)
  const unknown = sessions.filter((session) => !Object.hasOwn(known, session.id))
  for (const session of unknown.toSorted(oldestFirst)) {
    created.add(session.id)
    yield createdEvent(session)
  }
  let from = unknown.length > 0 ? 0 : Math.min(await store.lastSeq(), ...Object.values(known))
  while (true) {
    const entries = await store.changesSince(from, scope, PAGE)
    for (const entry of entries) {
      const id = sessionOf(entry)
      if (Object.hasOwn(known, id)) {
        if (entry.seq > (known[id] ?? 0)) yield syncEvent(instance, entry)
      } else if (entry.type === "session.updated") {
        // Made while the history was read, unless it came at the beginning.
        if (!created.has(id)) yield createdEvent(entry.info)
        created.add(id)
      } else if (created.has(id) && (entry.type === "message.updated" || entry.type === "message.part.updated"))
        yield syncEvent(instance, entry)
    }
    const last = entries.at(-1)
    if (!last || entries.length < PAGE) return
    from = last.seq
  }
}

const createdEvent = (info: Session): SyncEvent => ({
  id: newID("event"),
  aggregate_id: info.id,
  seq: 0,
  type: "session.created.1",
  data: { sessionID: info.id, info },
})

const syncEvent = ({ app }: Instance, entry: FeedEntry): SyncEvent => ({
  id: newID("event"),
  aggregate_id: sessionOf(entry),
  seq: entry.seq,
  type: `${entry.type}.1`,
  data: dataOf(entry, app.now()),
})

function dataOf(entry: FeedEntry, time: number): object {
  const sessionID = sessionOf(entry)
  switch (entry.type) {
    case "session.updated":
    case "session.deleted":
    case "message.updated":
      return { sessionID, info: entry.info }
    case "message.part.updated":
      return { sessionID, part: entry.part, time }
    case "message.removed":
      return { sessionID, messageID: entry.messageID }
    case "message.part.removed":
      return { sessionID, messageID: entry.messageID, partID: entry.partID }
  }
}

function sessionOf(entry: FeedEntry): string {
  if (entry.type === "session.updated" || entry.type === "session.deleted") return entry.info.id
  if (entry.type === "message.updated") return entry.info.sessionID
  return entry.type === "message.part.updated" ? entry.part.sessionID : entry.sessionID
}

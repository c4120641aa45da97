import type { App } from "../instance/app"
import { newEvent, type Published } from "../instance/event"
import type { Event } from "../schema/event"
import type { FeedEntry } from "../store/store"

const PAGE = 200

/** The `seq` a client names as the last it has seen; undefined when it names none. */
export function lastEventID(request: Request): number | undefined {
  const text = request.headers.get("last-event-id")
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** The changes after `seq` as the events that would tell of them now, oldest first, page by page. */
export async function* replay(app: App, seq: number, scope: { directory?: string }): AsyncGenerator<Published[]> {
  let from = seq
  while (true) {
    const entries = await app.store.changesSince(from, scope, PAGE)
    const last = entries.at(-1)
    if (!last) return
    yield entries.map((entry) => toPublished(app, entry))
    if (entries.length < PAGE) return
    from = last.seq
  }
}

/**
 * What was published while changes up to `seq` were replayed and is not in them: durable events by their number, and
 * deltas unless a later state of their part was replayed.
 */
export function unseen(live: Published[], seq: number): Published[] {
  const replayed = new Map<string, number>()
  for (const [index, each] of live.entries())
    if (each.event.type === "message.part.updated" && each.seq !== undefined && each.seq <= seq)
      replayed.set(each.event.properties.part.id, index)
  return live.filter(({ event, seq: own }, index) => {
    if (own !== undefined) return own > seq
    return event.type !== "message.part.delta" || index > (replayed.get(event.properties.partID) ?? -1)
  })
}

const toPublished = (app: App, entry: FeedEntry): Published => ({
  directory: entry.directory,
  project: entry.projectID,
  event: toEvent(app, entry),
  seq: entry.seq,
  frames: {},
})

function toEvent(app: App, entry: FeedEntry): Event {
  switch (entry.type) {
    case "session.updated":
    case "session.deleted":
      return newEvent(entry.type, { sessionID: entry.info.id, info: entry.info })
    case "message.updated":
      return newEvent(entry.type, { sessionID: entry.info.sessionID, info: entry.info })
    case "message.part.updated":
      return newEvent(entry.type, { sessionID: entry.part.sessionID, part: entry.part, time: app.now() })
    case "message.removed":
      return newEvent(entry.type, { sessionID: entry.sessionID, messageID: entry.messageID })
    case "message.part.removed": {
      const { sessionID, messageID, partID } = entry
      return newEvent(entry.type, { sessionID, messageID, partID })
    }
  }
}

import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import type { Message } from "../schema/message"
import type { Part } from "../schema/part"
import type { Session } from "../schema/session"
import type { Change } from "../store/store"

/** One stored change together with the event that tells of it. */
export type Entry =
  | { type: "session.created" | "session.updated" | "session.deleted"; info: Session }
  | { type: "message.updated"; info: Message }
  | { type: "message.removed"; sessionID: string; messageID: string }
  | { type: "message.part.updated"; part: Part }
  | { type: "message.part.removed"; sessionID: string; messageID: string; partID: string }

/**
 * Stores the entries in one commit and then publishes their events, in order and each with its `seq`. The only function
 * that writes sessions, messages and parts, and the only one that publishes these events: who hears one finds the row.
 */
export async function record(instance: Instance, entries: Entry[]): Promise<void> {
  if (entries.length === 0) return
  const last = await instance.app.store.commit(entries.map(changeOf))
  entries.forEach((entry, index) => {
    announce(instance, entry, last - entries.length + 1 + index)
  })
}

function changeOf(entry: Entry): Change {
  switch (entry.type) {
    case "session.created":
    case "session.updated":
      return { put: "session", data: entry.info }
    case "session.deleted":
      return { remove: "session", id: entry.info.id }
    case "message.updated":
      return { put: "message", data: entry.info }
    case "message.removed":
      return { remove: "message", sessionID: entry.sessionID, id: entry.messageID }
    case "message.part.updated":
      return { put: "part", data: entry.part }
    case "message.part.removed":
      return { remove: "part", sessionID: entry.sessionID, messageID: entry.messageID, id: entry.partID }
  }
}

function announce(instance: Instance, entry: Entry, seq: number) {
  switch (entry.type) {
    case "session.created":
    case "session.updated":
    case "session.deleted":
      return publish(instance, entry.type, { sessionID: entry.info.id, info: entry.info }, seq)
    case "message.updated":
      return publish(instance, entry.type, { sessionID: entry.info.sessionID, info: entry.info }, seq)
    case "message.part.updated": {
      const time = instance.app.now()
      return publish(instance, entry.type, { sessionID: entry.part.sessionID, part: entry.part, time }, seq)
    }
    case "message.removed": {
      const { sessionID, messageID } = entry
      return publish(instance, entry.type, { sessionID, messageID }, seq)
    }
    case "message.part.removed": {
      const { sessionID, messageID, partID } = entry
      return publish(instance, entry.type, { sessionID, messageID, partID }, seq)
    }
  }
}

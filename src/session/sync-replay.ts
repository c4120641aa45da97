import type { Static } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { badRequest } from "../base/error"
import { listProblems, problemText } from "../base/schema-problem"
import type { Instance } from "../instance/instance"
import { type EventType, eventProperties } from "../schema/event"
import type { Message } from "../schema/message"
import type { Part } from "../schema/part"
import type { Session } from "../schema/session"
import { importSession } from "./import"

/** One event of a session's history as it is sent to be replayed. */
export interface ReplayedEvent {
  aggregateID: string
  /** A durable event's type with its version: `message.updated.1`. */
  type: string
  data: object
}

/** A history as far as it has been read. Parts may come before their message: each thing comes at its last change. */
interface Replayed {
  info?: Session
  messages: Map<string, Message>
  parts: Map<string, Map<string, Part>>
}

/**
 * Stores the session that a complete history of one session makes, in the instance's directory, in place of an older state of
 * it. Throws 400 for what is no such history, or older than what is stored.
 */
export async function replaySession(instance: Instance, events: ReplayedEvent[]): Promise<Session> {
  const history: Replayed = { messages: new Map(), parts: new Map() }
  for (const [index, event] of events.entries()) {
    const problem = event.aggregateID === events[0]?.aggregateID ? apply(history, event) : "It is of another session"
    if (problem) throw badRequest(`${problem}\n  at ["events"][${index}]`, "Payload")
  }
  const { info, messages, parts } = history
  if (!info || info.id !== events[0]?.aggregateID)
    throw badRequest("The history does not tell of its session", "Payload")
  const stored = await instance.app.store.findSession(info.id)
  if (stored && stored.time.updated > info.time.updated)
    throw badRequest(`The session ${info.id} is newer here than in the history`, "Payload")
  const list = [...messages.values()].map((each) => ({ info: each, parts: [...(parts.get(each.id)?.values() ?? [])] }))
  return importSession(instance, { info, messages: list }, { replace: true })
}

/** Applies an event to what is known; answers what is wrong with it. */
function apply(history: Replayed, { type, data }: ReplayedEvent): string | undefined {
  const { messages, parts } = history
  switch (type) {
    case "session.created.1":
    case "session.updated.1":
      return using("session.updated", data, ({ info }) => {
        history.info = info
      })
    case "message.updated.1":
      return using("message.updated", data, ({ info }) => {
        messages.set(info.id, info)
      })
    case "message.removed.1":
      return using("message.removed", data, ({ messageID }) => {
        messages.delete(messageID)
      })
    case "message.part.updated.1":
      return using("message.part.updated", data, ({ part }) => {
        const known = parts.get(part.messageID) ?? new Map<string, Part>()
        parts.set(part.messageID, known.set(part.id, part))
      })
    case "message.part.removed.1":
      return using("message.part.removed", data, ({ messageID, partID }) => {
        parts.get(messageID)?.delete(partID)
      })
    default:
      return `There is no event ${JSON.stringify(type)} in the history of a session`
  }
}

function using<T extends EventType>(
  type: T,
  data: unknown,
  use: (properties: Static<(typeof eventProperties)[T]>) => void,
): string | undefined {
  const schema = eventProperties[type]
  if (!Value.Check(schema, data)) {
    const [problem] = listProblems(schema, data)
    return problem ? problemText(problem) : "Its data has another form"
  }
  use(data)
  return undefined
}

import { badRequest, notFound } from "../base/error"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import type { Message } from "../schema/message"
import type { Part } from "../schema/part"
import type { MessageWithParts } from "../store/store"
import { decodeCursor, encodeCursor, type Page } from "./cursor"
import { record } from "./record"
import { changeSession, getSession } from "./session"
import { requireIdle } from "./status"
import { forgetSummary } from "./summary"
import { withoutSteps } from "./tokens"

/** Stores a message's info as it is now and publishes it; the caller may go on changing its own. */
export async function saveMessage<M extends Message>(instance: Instance, info: M): Promise<M> {
  await record(instance, [{ type: "message.updated", info: { ...info } }])
  return info
}

/** Stores a part as it is now and publishes it; the caller may go on changing its own. */
export async function savePart<P extends Part>(instance: Instance, part: P): Promise<P> {
  await record(instance, [{ type: "message.part.updated", part: { ...part } }])
  return part
}

const claimed = instanceState(() => new Set<string>())

/** Runs `store`, which stores a new message of this id. Throws 400 when there is one, stored or about to be. */
export async function withNewMessage<T>(
  instance: Instance,
  { sessionID, id }: { sessionID: string; id: string },
  store: () => Promise<T>,
): Promise<T> {
  const ids = claimed(instance)
  const key = `${sessionID} ${id}`
  const taken = () => badRequest(`A message with this id exists already: ${id}`, "Payload")
  // A client that sends a prompt twice at once wants it stored once.
  if (ids.has(key)) throw taken()
  ids.add(key)
  try {
    if (await instance.app.store.findMessage(sessionID, id)) throw taken()
    return await store()
  } finally {
    ids.delete(key)
  }
}

/**
 * Stores the text that a part has so far without telling anybody: clients hear its deltas. So a crash or a second client
 * finds the text that was streamed.
 */
export async function keepPart(instance: Instance, part: Part): Promise<void> {
  await instance.app.store.commit([{ put: "part", data: { ...part } }])
}

/** Throws 404 for an unknown session or message. */
export async function getMessage(instance: Instance, sessionID: string, id: string): Promise<MessageWithParts> {
  await getSession(instance.app, sessionID)
  const info = await instance.app.store.findMessage(sessionID, id)
  if (!info) throw notFound(`Message not found: ${id}`)
  return { info, parts: await instance.app.store.listParts(sessionID, id) }
}

/**
 * A session's messages, oldest first. `limit` gives the newest of them (0: all), with a cursor when older ones remain;
 * `before` is the cursor of an earlier page and needs a limit. Throws 404 for an unknown session, 400 for a cursor that is none.
 */
export async function pageMessages(
  instance: Instance,
  sessionID: string,
  query: { limit?: number; before?: string },
): Promise<Page<MessageWithParts>> {
  const { limit, before } = query
  if (before !== undefined && !limit) throw badRequest('"before" needs a "limit"', "Query")
  const cursor = before === undefined ? undefined : decodeCursor(before)
  await getSession(instance.app, sessionID)
  if (!limit) return { entries: await instance.app.store.listMessages(sessionID) }
  const found = await instance.app.store.listMessages(sessionID, {
    limit: limit + 1,
    ...(cursor && { before: cursor.id }),
  })
  if (found.length <= limit) return { entries: found }
  const entries = found.slice(1)
  const oldest = entries[0]!.info
  return { entries, cursor: encodeCursor({ id: oldest.id, time: oldest.time.created }) }
}

/** Removes a message with its parts. Unknown ones are announced all the same, as clients expect. Throws 409 while busy. */
export async function removeMessage(instance: Instance, sessionID: string, messageID: string): Promise<true> {
  await getSession(instance.app, sessionID)
  const parts = await instance.app.store.listParts(sessionID, messageID)
  requireIdle(instance, sessionID)
  await record(instance, [{ type: "message.removed", sessionID, messageID }])
  await subtract(instance, sessionID, parts)
  return true
}

/** Replaces a part, or creates it. The ids in the part must be those of the path: 400 otherwise. */
export async function updatePart(
  instance: Instance,
  ids: { sessionID: string; messageID: string; partID: string },
  part: Part,
): Promise<Part> {
  if (part.id !== ids.partID || part.messageID !== ids.messageID || part.sessionID !== ids.sessionID)
    throw badRequest("The ids of the part are not those of the path", "Payload")
  await getSession(instance.app, ids.sessionID)
  return savePart(instance, part)
}

/** Removes a part. Unknown ones are announced all the same. */
export async function removePart(
  instance: Instance,
  ids: { sessionID: string; messageID: string; partID: string },
): Promise<true> {
  await getSession(instance.app, ids.sessionID)
  const part = await instance.app.store.findPart(ids.sessionID, ids.messageID, ids.partID)
  await record(instance, [{ type: "message.part.removed", ...ids }])
  await subtract(instance, ids.sessionID, part ? [part] : [])
  return true
}

/** What removed steps had cost leaves the session's sums. */
async function subtract(instance: Instance, sessionID: string, removed: Part[]): Promise<void> {
  forgetSummary(instance, sessionID)
  const steps = removed.filter((part) => part.type === "step-finish")
  if (steps.length > 0) await changeSession(instance, sessionID, (session) => withoutSteps(session, steps))
}

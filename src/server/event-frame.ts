import type { Published } from "../instance/event"

const encoder = new TextEncoder()

/** The frame of an event on the stream of its directory, made once. */
export const instanceFrame = (published: Published) =>
  (published.frames.instance ??= encoder.encode(frame(published.event, published.seq)))

/**
 * The frame of an event on the global stream, made once. A durable event comes a second time in its `sync` form, for
 * clients that keep a copy of the data; its `seq` is that of the changes feed.
 */
export const globalFrame = (published: Published) =>
  (published.frames.global ??= encoder.encode(
    frame(envelope(published, published.event), published.seq) + sync(published),
  ))

/** The frame of an event on the stream of `/api`, made once. */
export const apiFrame = (published: Published) =>
  (published.frames.api ??= encoder.encode(frame(apiEvent(published), published.seq)))

function apiEvent({ event, seq, directory }: Published) {
  const { id, type, properties } = event
  const aggregateID = "sessionID" in properties ? properties.sessionID : undefined
  return {
    id,
    type,
    ...(seq !== undefined && aggregateID !== undefined && { durable: { aggregateID, seq, version: 1 } }),
    ...(directory !== undefined && directory !== "global" && { location: { directory } }),
    data: properties,
  }
}

function sync(published: Published): string {
  const { event, seq } = published
  if (seq === undefined) return ""
  const aggregateID = "sessionID" in event.properties ? event.properties.sessionID : undefined
  const syncEvent = { id: event.id, type: `${event.type}.1`, seq, aggregateID, data: event.properties }
  return frame(envelope(published, { type: "sync", syncEvent, id: event.id }), seq)
}

const envelope = ({ directory, project }: Published, payload: object) => ({
  ...(directory !== undefined && { directory }),
  ...(project !== undefined && { project }),
  payload,
})

// JSON has no line feeds of its own: one `data:` line is always enough.
const frame = (data: object, seq: number | undefined) =>
  `${seq === undefined ? "" : `id: ${seq}\n`}data: ${JSON.stringify(data)}\n\n`

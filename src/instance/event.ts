import { newID } from "../base/id"
import { durableEvents, type Event, type EventProperties, type EventType } from "../schema/event"
import type { App } from "./app"
import type { Instance } from "./instance"

/**
 * An event on its way to the streams. `seq` is there for durable events (see the store's feed). The streams keep their
 * encoded frames in `frames`, so that each is made once however many subscribers there are.
 */
export interface Published {
  /** Absent for events of the server itself, and "global" for those of a project. */
  directory?: string
  project?: string
  event: Event
  seq?: number
  frames: { [form in "instance" | "global" | "api"]?: Uint8Array<ArrayBuffer> }
}

/** Publishes on the instance's bus and on the app's. Durable events are published by `session/`, with the `seq` of their commit. */
export function publish<T extends EventType>(
  instance: Instance,
  type: T,
  properties: EventProperties<T>,
  seq?: number,
): void {
  if (durableEvents.has(type) && seq === undefined)
    throw new Error(`${type} is durable and needs the seq of its commit`)
  const published: Published = {
    directory: instance.directory,
    project: instance.project.id,
    event: newEvent(type, properties),
    frames: {},
    ...(seq !== undefined && { seq }),
  }
  instance.bus.publish(published)
  instance.app.bus.publish(published)
}

/** Publishes an event that belongs to no single directory: on the app's bus only. `directory` is what the envelope says. */
export function publishGlobal<T extends EventType>(
  app: App,
  type: T,
  properties: EventProperties<T>,
  envelope: { directory?: string; project?: string } = {},
): void {
  app.bus.publish({ ...envelope, event: newEvent(type, properties), frames: {} })
}

/** An event with a fresh id. */
export const newEvent = <T extends EventType>(type: T, properties: EventProperties<T>) =>
  ({ id: newID("event"), type, properties }) as Extract<Event, { type: T }>

import type { Instance } from "../../src/instance/instance"
import type { Event, EventProperties, EventType } from "../../src/schema/event"

/** Notes what an instance publishes from now on. */
export function listen(instance: Instance) {
  const events: Event[] = []
  instance.bus.subscribe(({ event }) => events.push(event))
  return <T extends EventType>(type: T): EventProperties<T>[] =>
    events.flatMap((event) => (event.type === type ? [event.properties as EventProperties<T>] : []))
}

import type { Bus } from "../bus/bus"
import type { Published } from "../instance/event"

/** Milliseconds over which a burst of events is collected into one write. */
const WINDOW = 8

type Member = (bytes: Uint8Array<ArrayBuffer>) => void

interface Hub {
  join(member: Member): () => void
  flush(): void
}

type Encode = (event: Published) => Uint8Array<ArrayBuffer>

/** Of each bus, by the form in which its events are sent. */
const hubs = new WeakMap<Bus<Published>, Map<Encode, Hub>>()

/**
 * Joins the streams of a bus that send the same form. All of them share the encoded bytes, and bursts: an event goes out at
 * once when it is the first for a while, the ones that follow within 8 ms go out together. Answers the function that leaves.
 */
export function joinHub(bus: Bus<Published>, encode: Encode, member: Member) {
  const forms = hubs.get(bus) ?? new Map<Encode, Hub>()
  hubs.set(bus, forms)
  const hub = forms.get(encode) ?? createHub(bus, encode)
  forms.set(encode, hub)
  // What is still collected was published before the new member came.
  hub.flush()
  return hub.join(member)
}

/** Sends what a bus' streams have collected, now. */
export const flushHub = (bus: Bus<Published>) => {
  for (const hub of hubs.get(bus)?.values() ?? []) hub.flush()
}

function createHub(bus: Bus<Published>, encode: Encode): Hub {
  const members = new Set<Member>()
  let burst: Uint8Array<ArrayBuffer>[] = []
  let timer: Timer | undefined
  let leaveBus: (() => void) | undefined

  const send = (bytes: Uint8Array<ArrayBuffer>) => {
    for (const member of [...members]) member(bytes)
  }
  const flush = () => {
    const [first] = burst
    if (!first) return
    const bytes = burst.length === 1 ? first : joined(burst)
    burst = []
    send(bytes)
  }
  const windowEnds = () => {
    timer = burst.length > 0 ? setTimeout(windowEnds, WINDOW) : undefined
    flush()
  }
  const receive = (event: Published) => {
    burst.push(encode(event))
    if (timer) return
    timer = setTimeout(windowEnds, WINDOW)
    flush()
  }

  return {
    flush,
    join(member) {
      // A member of its own, so that joining twice is two memberships.
      const own: Member = (bytes) => member(bytes)
      members.add(own)
      leaveBus ??= bus.subscribe(receive)
      return () => {
        members.delete(own)
        if (members.size > 0) return
        leaveBus?.()
        leaveBus = undefined
        clearTimeout(timer)
        timer = undefined
        burst = []
      }
    },
  }
}

function joined(parts: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.byteLength
  }
  return bytes
}

import type { Bus } from "../bus/bus"
import type { App } from "../instance/app"
import { newEvent, type Published } from "../instance/event"
import { flushHub, joinHub } from "./event-hub"
import { lastEventID, replay, unseen } from "./event-replay"

/** Milliseconds between two signs of life. */
const HEARTBEAT = 10_000
/** Bytes that may wait for a reader before it is disconnected. It comes back with `Last-Event-ID` and loses nothing. */
const MAX_BEHIND = 8 * 1024 * 1024
const HIGH_WATER = 64 * 1024
/** Events that may be published while a reader is still being told what it has missed. */
const MAX_MISSED = 50_000

export interface Source {
  app: App
  bus: Bus<Published>
  /** The frame of an event; each is encoded once, for all streams. */
  encode(event: Published): Uint8Array<ArrayBuffer>
  /** What is replayed to a client that comes back. */
  scope: { directory?: string }
  /** What is waiting for a client now, besides stored changes: told to a client that comes back. */
  pending(): Promise<Published[]>
  /** Whether the stream ends after this event. */
  isLast(event: Published): boolean
  /** What is sent to show that the connection lives; default: a `server.heartbeat`. */
  heartbeat?: Uint8Array<ArrayBuffer>
}

/**
 * A stream of server-sent events: `server.connected`, then what was missed since `Last-Event-ID` (if the client sent
 * one), then everything that happens. The publisher never waits.
 *
 * A plain `ReadableStream`, not `@elysiajs/stream`: that sends `text/plain` and ids of its own, leaves events that contain
 * the text "id:" without a frame, and never unsubscribes.
 */
export function eventStream(source: Source, request: Request): Response {
  const { bus, encode } = source
  const ends: (() => void)[] = []
  let open = true
  let drained = Promise.withResolvers<void>()

  const end = () => {
    open = false
    drained.resolve()
    for (const each of ends.splice(0)) each()
  }

  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        const write = (bytes: Uint8Array<ArrayBuffer>) => {
          if (!open) return
          controller.enqueue(bytes)
          if (HIGH_WATER - (controller.desiredSize ?? 0) <= MAX_BEHIND) return
          source.app.log.warn("An event stream is broken off: its reader is too far behind", { bytes: MAX_BEHIND })
          end()
          // Without a reason: Bun would print it with a source line.
          controller.error()
        }
        const finish = () => {
          if (!open) return
          end()
          controller.close()
        }
        const fail = (error: unknown) => {
          source.app.log.error("An event stream failed", { error })
          finish()
        }
        const send = (event: Published) => write(encode(event))

        request.signal.addEventListener("abort", finish, { once: true })
        ends.push(() => request.signal.removeEventListener("abort", finish))
        send(signOfLife("server.connected"))
        const heartbeat = setInterval(
          () => write(source.heartbeat ?? encode(signOfLife("server.heartbeat"))),
          HEARTBEAT,
        )
        ends.push(() => clearInterval(heartbeat))

        const goLive = () => {
          const leave = joinHub(bus, encode, write)
          const unsubscribe = bus.subscribe((event) => {
            if (!source.isLast(event)) return
            // The hub may hear of it after this listener.
            queueMicrotask(() => {
              flushHub(bus)
              finish()
            })
          })
          ends.push(leave, unsubscribe)
        }

        const seq = lastEventID(request)
        if (seq === undefined) return goLive()
        const room = async () => {
          while (open && (controller.desiredSize ?? 0) <= 0) {
            drained = Promise.withResolvers()
            await drained.promise
          }
          return open
        }
        catchUp(source, seq, { send, room, goLive, finish }).catch(fail)
      },
      pull: () => drained.resolve(),
      cancel: end,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER }),
  )
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
    },
  })
}

interface Reader {
  send(event: Published): void
  /** Waits until the reader has taken what was sent; answers whether it is still there. */
  room(): Promise<boolean>
  goLive(): void
  finish(): void
}

/**
 * Sends what changed after `seq`, what is pending, and what was published meanwhile, without a gap: it listens before it
 * reads, and goes live in the turn in which it sends the last of what it heard.
 */
async function catchUp(source: Source, seq: number, { send, room, goLive, finish }: Reader): Promise<void> {
  const live: Published[] = []
  const unsubscribe = source.bus.subscribe((event) => void live.push(event))
  try {
    let last = seq
    for await (const page of replay(source.app, seq, source.scope)) {
      for (const event of page) send(event)
      last = page.at(-1)?.seq ?? last
      if (!(await room()) || live.length > MAX_MISSED) return finish()
    }
    for (const event of await source.pending()) send(event)
    for (const event of unseen(live, last)) send(event)
    if (live.some(source.isLast)) finish()
    else goLive()
  } finally {
    unsubscribe()
  }
}

const signOfLife = (type: "server.connected" | "server.heartbeat"): Published => ({
  event: newEvent(type, {}),
  frames: {},
})

import { tagged } from "../../base/error"
import type { Instance } from "../../instance/instance"
import type { Session } from "../../schema/session"
import { pageHeaders } from "./document"
import { type Change, follow, viewersOf } from "./live"

/** Milliseconds between two signs of life, so that proxies keep the connection. */
const HEARTBEAT = 20_000
/** Characters that may wait for a reader before it is disconnected; it comes back and reads the page again. */
const MAX_BEHIND = 4 * 1024 * 1024
/** Streams of one session: whoever has the link can open any number. */
const MAX_VIEWERS = 200

/**
 * The changes of a share page as server-sent events: first the state of the store, so that the page sees whether it has
 * missed something since it was made, then each `Change`. Ends when nothing is shared any more.
 */
export async function shareEvents(
  { instance, session }: { instance: Instance; session: Session },
  secret: string,
  request: Request,
): Promise<Response> {
  const { app } = instance
  if (viewersOf(app, secret) >= MAX_VIEWERS)
    throw tagged(503, "ServiceUnavailableError", `${MAX_VIEWERS} readers follow this page already`)
  const seq = await app.store.lastSeq()
  const encoder = new TextEncoder()
  let open = true
  let end = () => {}
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (text: string) => {
          controller.enqueue(encoder.encode(text))
          if (-(controller.desiredSize ?? 0) <= MAX_BEHIND) return
          end()
          // What waits is of no use any more. Without a reason: Bun would print it with a source line.
          controller.error()
        }
        const send = (change: Change | { state: number }) => {
          write(`data: ${JSON.stringify(change)}\n\n`)
          if (open && "gone" in change) close()
        }
        const heartbeat = setInterval(() => write(": still here\n\n"), HEARTBEAT)
        const leave = follow(app, session, secret, send)
        end = () => {
          open = false
          clearInterval(heartbeat)
          leave()
          request.signal.removeEventListener("abort", close)
        }
        const close = () => {
          end()
          controller.close()
        }
        request.signal.addEventListener("abort", close, { once: true })
        send({ state: seq })
      },
      cancel: () => end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  )
  return new Response(body, {
    headers: { ...pageHeaders(), "content-type": "text/event-stream", "x-accel-buffering": "no" },
  })
}

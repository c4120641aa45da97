import { errorMessage } from "../base/error"
import type { App } from "../instance/app"
import { jsonResponse, toJSON } from "./respond"
import { requestURL } from "./route-path"

/** Milliseconds in which an answer is expected to be there, and after which something is sent again. */
const PATIENCE = 4_000
const SPACE = new TextEncoder().encode(" ")

/**
 * The answer of a request that may take minutes. What is decided soon, errors above all, is answered with its status. For
 * the rest a 200 goes out with a space every few seconds until the JSON follows, so that no idle timeout of a client or
 * proxy cuts it: JSON may begin with blanks. A failure after that breaks the connection off, because the status is gone.
 * The work goes on when the client goes away.
 */
export async function waitingResponse(
  app: App,
  request: Request,
  pending: Promise<unknown>,
  patience = PATIENCE,
): Promise<Response> {
  const soon = await within(pending, patience)
  if (soon) return soon.value instanceof Response ? soon.value : jsonResponse(soon.value)
  let timer: Timer | undefined
  let open = true
  const stop = () => {
    open = false
    clearInterval(timer)
  }
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(SPACE)
      timer = setInterval(() => controller.enqueue(SPACE), patience)
      try {
        const value = await pending
        if (open) controller.enqueue(new TextEncoder().encode(toJSON(value)))
        if (open) controller.close()
      } catch (error) {
        app.log.error("A request failed after its answer had begun", {
          path: requestURL(request).pathname,
          reason: errorMessage(error),
          error,
        })
        // Without a reason, which is in the log: Bun would print it with a source line.
        if (open) controller.error()
      } finally {
        stop()
      }
    },
    cancel: stop,
  })
  return new Response(body, { headers: { "content-type": "application/json" } })
}

/** The value if it comes within `ms`, in a box; undefined otherwise. */
async function within<T>(pending: Promise<T>, ms: number): Promise<{ value: T } | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(resolve, ms)
  try {
    return await Promise.race([pending.then((value) => ({ value })), promise])
  } finally {
    clearTimeout(timer)
  }
}

import { errorMessage } from "../../base/error"
import type { App } from "../../instance/app"

/** What the browser is shown; `done` closes the listener. */
export interface RedirectAnswer {
  ok: boolean
  message: string
  done: boolean
}

interface Redirect {
  port: number
  path: string
  signal: AbortSignal
  /** Gets the query of the address to which the browser was sent. */
  receive(query: URLSearchParams): Promise<RedirectAnswer>
}

/**
 * Listens on this machine for the browser that comes back from a login. Undefined when the port is taken, as by another
 * login; then the user must paste the address.
 */
export function listenForRedirect(app: App, redirect: Redirect): { port: number; stop(): void } | undefined {
  try {
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: redirect.port,
      async fetch(request) {
        const url = new URL(request.url)
        if (request.method !== "GET" || url.pathname !== redirect.path) return page(404, "There is nothing here.")
        const { ok, message, done } = await redirect.receive(url.searchParams)
        // Not at once: this answer must still get through.
        if (done) server.stop()
        return page(ok ? 200 : 400, message)
      },
    })
    // A login that nobody finishes must not keep the process.
    server.unref()
    redirect.signal.addEventListener("abort", () => server.stop(true), { once: true })
    return { port: server.port ?? redirect.port, stop: () => void server.stop() }
  } catch (error) {
    app.log.warn("No browser can come back from the login", { port: redirect.port, reason: errorMessage(error) })
    return undefined
  }
}

/** `message` is our own text: nothing of the query is shown. */
function page(status: number, message: string): Response {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Login</title><body style="font: 1.1em sans-serif; margin: 4em auto; max-width: 36em"><p>${message}</p></body></html>`
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      connection: "close",
    },
  })
}

import type { Server } from "bun"
import type { App } from "../instance/app"
import { createServer } from "../server/server"
import type { Socket } from "../server/websocket"
import { listen } from "./listen"
import { within } from "./within"

export interface HostOptions {
  hostname: string
  /** 0: the default port or a free one; undefined: a free one. */
  port: number | undefined
  cors?: string[]
  /** Asks for HTTP basic authentication unless it is empty. */
  password: string
  username?: string | undefined
}

/** A server of this process that listens. */
export interface Host {
  port: number
  /** Requests that are not answered to their end yet, open event streams among them. */
  pending(): number
  /** Refuses new requests at once, ends those that wait with `end`, then what is still open. */
  close(end: () => Promise<unknown>): Promise<void>
}

/** Milliseconds that clients get for reading their last answers when everything has ended. */
const LAST_WORDS = 200

/** Serves an app over HTTP. Throws `CommandError` when the address cannot be had. */
export function host(app: App, { hostname, port, cors = [], password, username }: HostOptions): Host {
  const server = createServer(app, { hostname, cors, password, ...(username && { username }) })
  let closing = false
  const serve = (port: number): Server<Socket> =>
    Bun.serve({
      hostname,
      port,
      idleTimeout: server.idleTimeout,
      maxRequestBodySize: server.maxRequestBodySize,
      fetch: (request, bun) => (closing ? new Response(null, { status: 503 }) : server.fetch(request, bun)),
      websocket: server.websocket,
    })
  const listener = port === undefined ? serve(0) : listen({ hostname, port }, serve)
  return {
    port: listener.port ?? 0,
    pending: () => listener.pendingRequests,
    async close(end) {
      closing = true
      // Refuses new connections at once; the open ones end with their runs and streams.
      const stopped = listener.stop()
      await end()
      await within(LAST_WORDS, stopped)
      await listener.stop(true)
    },
  }
}

/** The address by which programs of this machine reach a server that listens there. */
export function localURL(hostname: string, port: number): string {
  if (hostname === "0.0.0.0") return `http://127.0.0.1:${port}`
  if (hostname === "::" || hostname === "[::]") return `http://[::1]:${port}`
  return `http://${urlHost(hostname)}:${port}`
}

/** The host name as URLs have it. */
export const urlHost = (hostname: string) =>
  hostname.includes(":") && !hostname.startsWith("[") ? `[${hostname}]` : hostname

import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js"
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js"
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js"
import { type DemoServer, makeDemoServer } from "./demo-server"

export interface RemoteServer extends AsyncDisposable {
  url: string
  origin: string
  requests: { method: string; path: string; headers: Headers }[]
  sessions: Map<string, DemoServer>
  /** Forgets all sessions, as a restart would. */
  forget(): void
}

type Guard = (request: Request) => Response | undefined | Promise<Response | undefined>

/** The demo server over streamable HTTP at `/mcp`. `guard` may answer requests in its place. */
export function startHttpServer(guard: Guard = () => undefined): RemoteServer {
  const transports = new Map<string, WebStandardStreamableHTTPServerTransport>()
  return serve(guard, (sessions) => ({
    forget: () => transports.clear(),
    async answer(request) {
      if (new URL(request.url).pathname !== "/mcp") return new Response(null, { status: 404 })
      const known = transports.get(request.headers.get("mcp-session-id") ?? "")
      if (known) return known.handleRequest(request)
      if (request.headers.has("mcp-session-id")) return new Response("Session not found", { status: 404 })
      const demo = makeDemoServer()
      const transport = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: () => crypto.randomUUID(),
        onsessioninitialized(id) {
          transports.set(id, transport)
          sessions.set(id, demo)
        },
        onsessionclosed(id) {
          transports.delete(id)
          sessions.delete(id)
        },
      })
      await demo.server.connect(transport)
      return transport.handleRequest(request)
    },
  }))
}

/** The demo server over the older protocol alone: a stream of events at `/sse`, messages to `/messages`. */
export function startSseServer(guard: Guard = () => undefined): RemoteServer & { cut(): void } {
  const peers = new Map<string, InMemoryTransport>()
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const encode = (event: string, data: string) => new TextEncoder().encode(`event: ${event}\ndata: ${data}\n\n`)
  const remote = serve(guard, (sessions) => ({
    forget: () => peers.clear(),
    async answer(request) {
      const { pathname, searchParams } = new URL(request.url)
      if (pathname === "/messages" && request.method === "POST") {
        const peer = peers.get(searchParams.get("id") ?? "")
        if (!peer) return new Response("Session not found", { status: 404 })
        await peer.send((await request.json()) as JSONRPCMessage)
        return new Response("Accepted", { status: 202 })
      }
      if (pathname !== "/sse") return new Response(null, { status: 404 })
      if (request.method !== "GET") return new Response(null, { status: 405 })
      const id = crypto.randomUUID()
      const demo = makeDemoServer()
      const [own, peer] = InMemoryTransport.createLinkedPair()
      await demo.server.connect(own)
      sessions.set(id, demo)
      peers.set(id, peer)
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          streams.add(controller)
          controller.enqueue(encode("endpoint", `/messages?id=${id}`))
          peer.onmessage = (message) => controller.enqueue(encode("message", JSON.stringify(message)))
          await peer.start()
        },
        cancel: () => void sessions.delete(id),
      })
      return new Response(body, { headers: { "content-type": "text/event-stream" } })
    },
  }))
  return {
    ...remote,
    url: `${remote.origin}/sse`,
    cut() {
      for (const stream of streams) stream.close()
      streams.clear()
    },
  }
}

interface Inner {
  forget(): void
  answer(request: Request): Promise<Response>
}

function serve(guard: Guard, make: (sessions: RemoteServer["sessions"]) => Inner): RemoteServer {
  const requests: RemoteServer["requests"] = []
  const sessions: RemoteServer["sessions"] = new Map()
  const inner = make(sessions)
  const listener = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { method, headers } = request
      requests.push({ method, path: new URL(request.url).pathname, headers })
      return (await guard(request)) ?? inner.answer(request)
    },
  })
  const origin = `http://127.0.0.1:${listener.port}`
  return {
    url: `${origin}/mcp`,
    origin,
    requests,
    sessions,
    forget: inner.forget,
    [Symbol.asyncDispose]: () => listener.stop(true),
  }
}

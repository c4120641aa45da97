import type { Socket } from "bun"

export interface VendorRequest {
  path: string
  headers: Headers
  /** Its JSON, else the text. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the package under test sends
  body: any
}

export interface Vendor {
  /** Base URL with `/v1`. */
  url: string
  requests: VendorRequest[]
  [Symbol.asyncDispose](): Promise<void>
}

/** A model vendor on a free port: every request is answered by `answer`. */
export function startVendor(answer: (request: VendorRequest) => Response | Promise<Response>): Vendor {
  const requests: VendorRequest[] = []
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const seen = {
        path: new URL(request.url).pathname,
        headers: request.headers,
        body: request.method === "POST" ? parsed(await request.text()) : undefined,
      }
      requests.push(seen)
      return answer(seen)
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    requests,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A vendor whose connection breaks after `head` was sent. */
export function startBrokenVendor(head: string): { url: string; [Symbol.asyncDispose](): Promise<void> } {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket: Socket) {
        socket.write(head)
        socket.flush()
        socket.terminate()
      },
    },
  })
  return {
    url: `http://127.0.0.1:${listener.port}/v1`,
    [Symbol.asyncDispose]: async () => listener.stop(true),
  }
}

/** An event stream of the given data; objects are sent as JSON. `hold`: it stays open after them. */
export function eventStream(events: (object | string)[], { hold = false } = {}): Response {
  const encoder = new TextEncoder()
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const event of events) {
          const data = typeof event === "string" ? event : JSON.stringify(event)
          const name = typeof event === "object" && "type" in event ? `event: ${event.type}\n` : ""
          controller.enqueue(encoder.encode(`${name}data: ${data}\n\n`))
        }
        if (!hold) controller.close()
      },
    }),
    { headers: { "content-type": "text/event-stream" } },
  )
}

/** A chunk of a chat completion. */
export const chatDelta = (delta: object, finish: string | null = null) => ({
  id: "c1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, delta, finish_reason: finish }],
})

/** A whole chat completion that says `text`. */
export const chatAnswer = (
  text: string,
  usage: object = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
) =>
  eventStream([
    chatDelta({ role: "assistant", content: text }),
    chatDelta({}, "stop"),
    { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage },
    "[DONE]",
  ])

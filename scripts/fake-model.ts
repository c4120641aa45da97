/** What the fake model does for a prompt: so many tool calls, one per answer, then a text in so many pieces. */
export interface FakeTurn {
  /** The pieces of the text. */
  chunks: number
  toolCalls?: { count: number; name: string; input: object }
}

/** The words that tell the fake model what to do. */
export const fakePrompt = (turn: FakeTurn) => `BENCH ${JSON.stringify(turn)} END`

interface ChatMessage {
  role: string
  content: unknown
}

/**
 * A server in this process that speaks as much of the OpenAI chat protocol as a benchmark needs, so that two programs can
 * be measured against the very same model. Every piece of a text is a chunk of its own.
 */
export function startFakeModel(): { url: string; stop(): Promise<void> } {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    async fetch(request) {
      const body = (await request.json()) as ChatRequest
      return new Response(answer(body), { headers: { "content-type": "text/event-stream" } })
    },
  })
  return { url: `http://127.0.0.1:${server.port}/v1`, stop: () => server.stop(true) }
}

interface ChatRequest {
  messages: ChatMessage[]
  tools?: unknown[]
}

function answer({ messages, tools = [] }: ChatRequest): ReadableStream<Uint8Array> {
  const last = messages.findLastIndex((message) => message.role === "user" && turnIn(message))
  const turn = (last >= 0 && turnIn(messages[last]!)) || { chunks: 1 }
  const done = messages.slice(last + 1).filter((message) => message.role === "tool").length
  // A request for a title carries the prompt too, but no tools.
  if (tools.length === 0) return text(1)
  if (turn.toolCalls && done < turn.toolCalls.count) return toolCall(turn.toolCalls, done)
  return text(turn.chunks)
}

function turnIn(message: ChatMessage): FakeTurn | undefined {
  const plain =
    typeof message.content === "string"
      ? message.content
      : Array.isArray(message.content)
        ? message.content.map((part: { text?: string }) => part.text ?? "").join("\n")
        : ""
  const found = plain.match(/BENCH (\{.*?\}) END/s)?.[1]
  return found ? JSON.parse(found) : undefined
}

function toolCall({ name, input }: NonNullable<FakeTurn["toolCalls"]>, index: number) {
  const call = { index: 0, id: `call_${index}_${Date.now()}`, type: "function" }
  return frames([
    chunk({ role: "assistant", tool_calls: [{ ...call, function: { name, arguments: JSON.stringify(input) } }] }),
    chunk({}, "tool_calls"),
  ])
}

const text = (count: number) =>
  frames([
    chunk({ role: "assistant", content: "" }),
    ...Array.from({ length: count }, (_, index) => chunk({ content: `word${index} ` })),
    chunk({}, "stop"),
  ])

const chunk = (delta: object, finish: string | null = null) => ({
  id: "chatcmpl-bench",
  object: "chat.completion.chunk",
  created: 1,
  model: "bench",
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...(finish && { usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 } }),
})

/** Sent in small groups with a pause between, as over a network: pieces that come at once could be read as one. */
function frames(chunks: object[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const lines = [...chunks.map((each) => JSON.stringify(each)), "[DONE]"].map((each) => `data: ${each}\n\n`)
  let next = 0
  return new ReadableStream({
    async pull(controller) {
      const group = lines.slice(next, next + 4)
      next += group.length
      for (const line of group) controller.enqueue(encoder.encode(line))
      if (next >= lines.length) controller.close()
      else await Bun.sleep(1)
    },
  })
}

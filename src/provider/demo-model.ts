/**
 * The model `demo/script`: no AI, no network. It plays what a script in the prompt says, so that tests, benchmarks and
 * people who write clients get exactly the answers they need, and everybody can try the server offline. `demo-script.ts`
 * tells what can be said in a script.
 *
 * Without a script the model takes a tour of the project with real tools (`demo-tour.ts`).
 */

import { setTimeout as sleep } from "node:timers/promises"
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from "@ai-sdk/provider"
import { type Action, findScript, type Script, type Step } from "./demo-script"
import { promptLength, sideAnswer, textOf, tourStep } from "./demo-tour"

const CHUNK = 24
const MAX_COUNTED = 1000

/** A demo model. It remembers nothing but how often each step with `attempts` was called. */
export function createDemoModel(): LanguageModelV4 {
  const calls = new Map<string, number>()
  return {
    specificationVersion: "v4",
    provider: "demo",
    modelId: "script",
    supportedUrls: {},
    async doStream(options) {
      const { step, index } = nextStep(options, calls)
      if (step.error) throw await refusal(step.error)
      const parts = play(step, index, options)
      return {
        stream: new ReadableStream<LanguageModelV4StreamPart>({
          async pull(controller) {
            const { value, done } = await parts.next()
            if (done) controller.close()
            else controller.enqueue(value)
          },
          async cancel() {
            await parts.return(undefined)
          },
        }),
      }
    },
    async doGenerate() {
      throw new Error("The demo model only streams.")
    },
  }
}

/** The step to play: of the script in the turn's user message, else of the tour. */
function nextStep(options: LanguageModelV4CallOptions, calls: Map<string, number>): { step: Step; index: number } {
  const start = turnStart(options.prompt)
  const after = options.prompt.slice(start + 1)
  const index = after.filter((message) => message.role === "assistant").length
  const message = options.prompt[start]
  const text = message ? textOf(message) : ""
  const side = sideAnswer(options)
  if (side !== undefined) return { step: { do: [side] }, index }
  const script = findScript(text)
  if (!script) return { step: tourStep(options), index }
  if (script instanceof Error) return { step: { do: [script.message] }, index }
  return {
    step: attempt(script, index, `${options.headers?.["x-session-id"]} ${options.prompt.length} ${text}`, calls),
    index,
  }
}

function attempt(script: Script, index: number, key: string, calls: Map<string, number>): Step {
  const attempts = script[index]
  if (!attempts) return { do: ["End of the script."] }
  if (attempts.length === 1) return attempts[0]!
  const count = calls.get(key) ?? 0
  calls.delete(key)
  if (calls.size >= MAX_COUNTED) calls.delete(calls.keys().next().value!)
  calls.set(key, count + 1)
  return attempts[Math.min(count, attempts.length - 1)]!
}

/**
 * Where the user's message of this turn stands. One that follows a tool result and holds no script came in between (a
 * second prompt, or an attachment of the result): then the turn goes on with the script before it.
 */
function turnStart(prompt: LanguageModelV4Prompt): number {
  const last = prompt.findLastIndex((message) => message.role === "user")
  for (let at = last; at >= 0; at--) {
    const message = prompt[at]!
    if (message.role !== "user") continue
    if (textOf(message).includes("@@script")) return at
    if (prompt[at - 1]?.role !== "tool") break
  }
  return last
}

async function refusal(error: NonNullable<Step["error"]>): Promise<Error> {
  const { APICallError } = await import("@ai-sdk/provider")
  const message = error.message ?? `Scripted error ${error.status}`
  return new APICallError({
    message,
    url: "demo:script",
    requestBodyValues: {},
    statusCode: error.status,
    responseHeaders: error.headers ?? {},
    responseBody: error.body ?? JSON.stringify({ error: { message } }),
  })
}

async function* play(
  step: Step,
  index: number,
  options: LanguageModelV4CallOptions,
): AsyncGenerator<LanguageModelV4StreamPart, undefined> {
  const signal = options.abortSignal
  let called = false
  let written = 0
  let thought = 0
  yield { type: "stream-start", warnings: [] }
  for (const [number, action] of (step.do ?? []).entries()) {
    signal?.throwIfAborted()
    const id = `${index}_${number}`
    if (typeof action === "object" && "wait" in action) await pause(action.wait, signal)
    else if (typeof action === "object" && "stall" in action) await pause(undefined, signal)
    else if (typeof action === "object" && "cut" in action) throw connectionReset()
    else if (typeof action === "object" && "fail" in action) {
      yield { type: "error", error: action.fail }
      return
    } else if (typeof action === "object" && "tool" in action) {
      called = true
      const callID = action.id ?? `call_${id}`
      const input = action.raw ?? JSON.stringify(action.input ?? {})
      written += input.length
      yield { type: "tool-input-start", id: callID, toolName: action.tool }
      for (const delta of chunks(input, step.chunk ?? CHUNK)) yield { type: "tool-input-delta", id: callID, delta }
      yield { type: "tool-input-end", id: callID }
      yield { type: "tool-call", toolCallId: callID, toolName: action.tool, input }
    } else {
      const kind = typeof action === "object" && "reasoning" in action ? "reasoning" : "text"
      yield { type: `${kind}-start`, id }
      for (const delta of deltas(action, step.chunk ?? CHUNK)) {
        if (step.delay) await pause(step.delay, signal)
        signal?.throwIfAborted()
        written += delta.length
        if (kind === "reasoning") thought += delta.length
        yield { type: `${kind}-delta`, id, delta }
      }
      // Vendors do not end what they break off.
      if (!breaksOff(step.do?.[number + 1])) yield { type: `${kind}-end`, id }
    }
  }
  const unified = step.finish ?? (called ? "tool-calls" : "stop")
  const usage = usageOf(step, { prompt: options.prompt, written, thought })
  yield { type: "finish", finishReason: { unified, raw: unified }, usage }
}

const breaksOff = (action: Action | undefined) =>
  typeof action === "object" && ("cut" in action || "fail" in action || "stall" in action)

type Spoken = Extract<Action, string | { text: string } | { reasoning: string } | { flood: object }>

function* deltas(action: Spoken, chunk: number): Generator<string> {
  if (typeof action === "string") yield* chunks(action, chunk)
  else if ("text" in action) yield* chunks(action.text, chunk)
  else if ("reasoning" in action) yield* chunks(action.reasoning, chunk)
  else for (let n = 0; n < action.flood.count; n++) yield "x".repeat(action.flood.bytes)
}

/** By code points, so that no delta ends in half a character. */
function* chunks(text: string, size: number): Generator<string> {
  const characters = [...text]
  for (let at = 0; at < characters.length; at += size) yield characters.slice(at, at + size).join("")
}

async function pause(ms: number | undefined, signal: AbortSignal | undefined): Promise<void> {
  if (ms !== undefined) {
    await sleep(ms, undefined, { signal })
    return
  }
  await new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true })
  })
}

const connectionReset = () => Object.assign(new Error("Connection reset by server"), { code: "ECONNRESET" })

function usageOf(
  step: Step,
  played: { prompt: LanguageModelV4Prompt; written: number; thought: number },
): LanguageModelV4Usage {
  const input = step.usage?.input ?? Math.ceil(promptLength(played.prompt) / 4)
  const output = step.usage?.output ?? Math.ceil(played.written / 4)
  const reasoning = step.usage ? (step.usage.reasoning ?? 0) : Math.ceil(played.thought / 4)
  const cached = step.usage?.cached ?? 0
  return {
    inputTokens: { total: input, noCache: input - cached, cacheRead: cached, cacheWrite: 0 },
    outputTokens: { total: output, text: output - reasoning, reasoning },
  }
}

import { fillTokens } from "../auth/console/token-mark"
import type { App } from "../instance/app"
import { redactText } from "./redact"
import { asksForStream, streamAnswer } from "./stream-answer"
import { fetchFromHost } from "./vendor-redirect"

interface Limits {
  /** Milliseconds for the whole call; false or absent: none, for a long answer is no fault. */
  timeout?: unknown
  /** Milliseconds until the answer begins. */
  headerTimeout?: unknown
  /** Milliseconds between two pieces of the answer. */
  chunkTimeout?: unknown
  /** The API key; taken out of the vendor's error answers. */
  secret?: string | undefined
}

/**
 * `fetch` for the packages: with the configured time limits, with the token of a console account where its mark is, and with
 * the API key taken out of error answers.
 */
export function vendorFetch(app: App, { timeout, headerTimeout, chunkTimeout, secret }: Limits): typeof fetch {
  const call = async (input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> => {
    const headers = new Headers(init?.headers)
    const secrets = [...(secret ? [secret] : []), ...(await fillTokens(app, headers))]
    const watch = new AbortController()
    const signals = [watch.signal, ...(init?.signal ? [init.signal] : [])]
    if (isLimit(timeout)) signals.push(AbortSignal.timeout(timeout))
    const stop = isLimit(headerTimeout) ? startTimer(watch, headerTimeout, "did not begin to answer") : undefined
    try {
      // Bun ends a fetch after 5 minutes by itself unless told not to.
      const sent = await fetchFromHost(input, {
        ...init,
        headers,
        signal: AbortSignal.any(signals),
        timeout: false,
      } as RequestInit)
      const response = sent.ok && asksForStream(init) ? await streamAnswer(sent) : sent
      if (!response.ok) return await withoutSecret(response, ...secrets)
      return isLimit(chunkTimeout) ? watched(response, watch, chunkTimeout) : response
    } finally {
      stop?.()
    }
  }
  return Object.assign(call, { preconnect: fetch.preconnect })
}

const isLimit = (value: unknown): value is number => typeof value === "number" && value > 0

function startTimer(watch: AbortController, ms: number, what: string): () => void {
  const timer = setTimeout(() => {
    watch.abort(new DOMException(`The provider ${what} for ${ms} ms`, "TimeoutError"))
  }, ms)
  timer.unref()
  return () => clearTimeout(timer)
}

function watched(response: Response, watch: AbortController, ms: number): Response {
  if (!response.body) return response
  let stop = startTimer(watch, ms, "was silent")
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        stop()
        stop = startTimer(watch, ms, "was silent")
        controller.enqueue(chunk)
      },
      flush: () => stop(),
    }),
  )
  watch.signal.addEventListener("abort", () => stop(), { once: true })
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers })
}

/** An error answer without the secrets that some vendors repeat in it. */
export async function withoutSecret(response: Response, ...secrets: string[]): Promise<Response> {
  if (secrets.length === 0 || !response.body) return response
  const text = secrets.reduce((text, secret) => redactText(text, secret), await response.text())
  const { status, statusText, headers } = response
  return new Response(text, { status, statusText, headers })
}

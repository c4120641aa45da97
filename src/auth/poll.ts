import { setTimeout as pause } from "node:timers/promises"

/** How much slower to ask when the vendor says so without a number (RFC 8628, section 3.5), in milliseconds. */
const SLOWER = 5000

/** What came of one question: the result, or that it is still open. */
export type Polled<T> = { result: T } | { slower: boolean; interval?: number | undefined }

interface Polling {
  /** Milliseconds between two questions, as the vendor asked for; `least` is our own lower bound. */
  interval: number
  least: number
  signal: AbortSignal
}

/**
 * Asks again and again until there is a result; what `ask` throws ends it, and so does the signal, with its reason. The
 * first question comes after one pause.
 */
export async function poll<T>({ interval, least, signal }: Polling, ask: () => Promise<Polled<T>>): Promise<T> {
  for (let between = Math.max(interval, least); ; ) {
    await pause(between, undefined, { signal, ref: false }).catch(() => signal.throwIfAborted())
    const polled = await ask()
    if ("result" in polled) return polled.result
    if (polled.slower) between = Math.max(polled.interval ?? between + SLOWER, least)
  }
}

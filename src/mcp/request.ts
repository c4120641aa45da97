import type { Client } from "@modelcontextprotocol/sdk/client/index.js"

interface RequestOptions {
  /** Milliseconds. */
  timeout: number
  signal?: AbortSignal
  /** Whether the time begins anew each time the server tells how far it is. */
  patient?: boolean
}

/** Sends a request and answers its result as it came. Throws the server's error, and when the time is over or the signal aborted. */
export async function sendRequest(
  client: Client,
  message: Parameters<Client["request"]>[0],
  { timeout, signal, patient = false }: RequestOptions,
): Promise<unknown> {
  const { ResultSchema } = await import("@modelcontextprotocol/sdk/types.js")
  signal?.throwIfAborted()
  // The SDK never lets go of a signal, and would cancel what has long been answered.
  const own = new AbortController()
  const abort = () => own.abort(signal?.reason)
  signal?.addEventListener("abort", abort, { once: true })
  try {
    return await client.request(message, ResultSchema, {
      timeout,
      signal: own.signal,
      // A server tells its progress only to those who listen.
      ...(patient && { resetTimeoutOnProgress: true, onprogress: () => {} }),
    })
  } finally {
    signal?.removeEventListener("abort", abort)
  }
}

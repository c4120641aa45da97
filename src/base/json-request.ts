import { errorMessage } from "./error"

/** Milliseconds until the whole answer must be there. */
const TIMEOUT = 30_000
const MAX_ANSWER = 4 * 1024 * 1024

export interface JsonAnswer {
  status: number
  /** The JSON of the answer; undefined when it is none, or larger than 4 MiB. */
  body: unknown
}

export interface JsonRequest {
  signal?: AbortSignal
  timeout?: number
  headers?: Record<string, string>
  /** Fields of a form, or a body of JSON; without both it is a GET. */
  form?: Record<string, string>
  json?: object
  /** For requests without secrets. All others are for the given address only: a redirection is an error. */
  mayRedirect?: boolean
}

/** One request that is answered with JSON; any status is an answer. Throws when there is none, or the signal's reason. */
export async function jsonRequest(url: string, request: JsonRequest): Promise<JsonAnswer> {
  const { signal, form, json } = request
  const timeout = AbortSignal.timeout(request.timeout ?? TIMEOUT)
  try {
    const response = await fetch(url, {
      method: form || json ? "POST" : "GET",
      headers: {
        accept: "application/json",
        ...(json && { "content-type": "application/json" }),
        ...request.headers,
      },
      redirect: request.mayRedirect ? "follow" : "error",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(form && { body: new URLSearchParams(form) }),
      ...(json && { body: JSON.stringify(json) }),
    })
    return { status: response.status, body: parsed(await boundedText(response)) }
  } catch (error) {
    signal?.throwIfAborted()
    throw new Error(`${new URL(url).host} could not be reached: ${errorMessage(error)}`)
  }
}

/** Empty when the answer is too large. */
async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels the rest.
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MAX_ANSWER) return ""
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Not JSON: the caller says what it expected.
  }
}

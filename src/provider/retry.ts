import type { RunError } from "../schema/run-error"

const MAX_RETRIES = 5
const FIRST_DELAY = 2_000
const LONGEST_DELAY = 30_000
const JITTER = 0.25
/** Milliseconds that a timer can wait. */
const MAX_DELAY = 2 ** 31 - 1

/** Words of vendors, proxies and networks for what may work a moment later. */
const TRANSIENT =
  /\b(?:429|5\d\d)\b|rate.?limit|too many requests|overloaded|server.?error|service unavailable|bad gateway|internal error|temporarily|try again|exhausted|unavailable|timed?.?out|timeout|econnreset|econnrefused|epipe|enotfound|connection (?:reset|refused|closed|error|lost)|cannot connect|unable to connect|socket|network|fetch failed|terminated/i

/**
 * How long to wait (ms) before the call that failed with `error` is made again; `attempt` is 1 for the first retry.
 * Undefined: do not retry, because it would not help or has been tried often enough.
 */
export function retryDelay(error: RunError, attempt: number, now = Date.now()): number | undefined {
  if (attempt > MAX_RETRIES || !isTransient(error)) return undefined
  const asked = error.name === "APIError" ? askedDelay(error.data.responseHeaders ?? {}, now) : undefined
  if (asked !== undefined) return Math.min(asked, MAX_DELAY)
  const delay = FIRST_DELAY * 2 ** (attempt - 1)
  return Math.min(LONGEST_DELAY, Math.round(delay * (1 + Math.random() * JITTER)))
}

/** What the status of a waiting session says. */
export function retryMessage(error: RunError): string {
  const message = "message" in error.data && typeof error.data.message === "string" ? error.data.message : error.name
  return message === "Overloaded" ? "Provider is overloaded" : message
}

function isTransient(error: RunError): boolean {
  if (error.name === "APIError") {
    const { isRetryable, statusCode, message, responseBody } = error.data
    if (isRetryable || (statusCode !== undefined && statusCode >= 500)) return true
    if (statusCode !== undefined && [401, 403, 404].includes(statusCode)) return false
    return TRANSIENT.test(message) || TRANSIENT.test(responseBody ?? "")
  }
  return error.name === "UnknownError" && TRANSIENT.test(error.data.message)
}

/**
 * The wait that the vendor asks for: `retry-after-ms`, else `retry-after` in seconds or as a date. None at all, or one that
 * has passed, is no wait to keep: the tries would be used up at once.
 */
function askedDelay(headers: Record<string, string>, now: number): number | undefined {
  const ms = Number.parseFloat(headers["retry-after-ms"] ?? "")
  if (ms > 0) return Math.ceil(ms)
  const after = headers["retry-after"] ?? ""
  const seconds = Number(after)
  const wait = Number.isNaN(seconds) ? Date.parse(after) - now : Math.ceil(seconds * 1000)
  return wait > 0 ? wait : undefined
}

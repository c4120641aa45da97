import { STATUS_CODES } from "node:http"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { LoginError } from "../auth/login-error"
import { WireError } from "../base/error"
import type { APIError, RunError } from "../schema/run-error"
import { redactText, redactURL } from "./redact"

const MAX_BODY = 16_384
const MAX_QUOTED = 2_000
const RESET = "Connection reset by server"

/** How the packages describe a failed call; by shape, because a package installed later brings its own class. */
const CallError = Type.Object({
  name: Type.Literal("AI_APICallError"),
  message: Type.String(),
  url: Type.Optional(Type.String()),
  statusCode: Type.Optional(Type.Integer({ minimum: 0 })),
  responseHeaders: Type.Optional(Type.Record(Type.String(), Type.String())),
  responseBody: Type.Optional(Type.String()),
  isRetryable: Type.Boolean(),
})

/** An error object of the stream for which the package knows whether the vendor would take the call again. */
const StreamError = Type.Object({
  message: Type.String(),
  statusCode: Type.Optional(Type.Integer({ minimum: 0 })),
  isRetryable: Type.Boolean(),
})

/** Words of vendors for a prompt that is larger than the model's context. Limits per minute are something else. */
const OVERFLOW =
  /context[ _]?(?:length|window|size|limit)|maximum (?:context|prompt) length|prompt is too long|input is too long|too many (?:input )?tokens in|exceeds? (?:the )?(?:model'?s? )?(?:maximum )?(?:context|token limit|number of tokens)|input token count|request_too_large|reduce the length of the (?:messages|prompt|input)|exceeded model token limit/i
const NO_CREDIT = /insufficient_quota|credit balance is too low|billing_hard_limit/i

/** What went wrong with a model call, as it is stored on the message and published. Holds no API key. */
export function runErrorOf(error: unknown, providerID: string): RunError {
  const name = nameOf(error)
  if (name === "AbortError" || name === "ResponseAborted")
    return { name: "MessageAbortedError", data: { message: "Aborted" } }
  if (error instanceof LoginError) return loginFailure(error, providerID)
  if (name === "AI_LoadAPIKeyError" || name === "AI_LoadSettingError")
    return { name: "ProviderAuthError", data: { providerID, message: redactText(messageOf(error)) } }
  const code = codeOf(error)
  if (code === "ECONNRESET" || code === "ERR_SOCKET_CLOSED") return connectionError(RESET, code)
  if (name === "TimeoutError") return connectionError(messageOf(error), "ETIMEDOUT")
  if (Value.Check(CallError, shapeOf(error))) return callError(shapeOf(error))
  // A gateway wraps the refusal in an error of its own, which knows less.
  const cause = error instanceof Error ? shapeOf(error.cause) : {}
  if (Value.Check(CallError, cause)) return callError(cause)
  if (Value.Check(StreamError, error)) return callError({ ...shapeOf(error), name: "AI_APICallError" })
  const message = redactText(messageOf(error).slice(0, MAX_BODY))
  if (!(error instanceof WireError) && OVERFLOW.test(message))
    return { name: "ContextOverflowError", data: { message } }
  return { name: "UnknownError", data: { message } }
}

/** A login service that cannot be reached or is broken may work again soon; one that refuses will not. */
const loginFailure = ({ message, refused }: LoginError, providerID: string): RunError =>
  refused
    ? { name: "ProviderAuthError", data: { providerID, message } }
    : { name: "APIError", data: { message, isRetryable: true } }

type Shape = Record<string, unknown>

/** Own and inherited fields that matter, as plain data: those of an error are not enumerable. */
function shapeOf(error: unknown): Shape {
  if (typeof error !== "object" || error === null) return {}
  const from = error as Shape
  const fields = ["name", "message", "url", "statusCode", "responseHeaders", "responseBody", "isRetryable"]
  return Object.fromEntries(fields.filter((each) => from[each] !== undefined).map((each) => [each, from[each]]))
}

function callError(shape: Shape): RunError {
  const { statusCode, isRetryable, url, ...error } = Value.Decode(CallError, shape)
  const responseBody = error.responseBody === undefined ? undefined : redactText(error.responseBody.slice(0, MAX_BODY))
  const message = redactText(readable({ ...error, statusCode, responseBody }))
  if (statusCode === 413 || (statusCode !== 429 && OVERFLOW.test(`${message} ${responseBody ?? ""}`)))
    return { name: "ContextOverflowError", data: { message, ...(responseBody !== undefined && { responseBody }) } }
  const { "set-cookie": _, ...headers } = error.responseHeaders ?? {}
  const data: APIError["data"] = {
    message,
    ...(statusCode !== undefined && { statusCode }),
    isRetryable: isRetryable && !NO_CREDIT.test(responseBody ?? ""),
    ...(error.responseHeaders && { responseHeaders: redactHeaders(headers) }),
    ...(responseBody !== undefined && { responseBody }),
    ...(url !== undefined && { metadata: { url: redactURL(url) } }),
  }
  return { name: "APIError", data }
}

const redactHeaders = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, redactText(value)]))

/** The vendor's message; where the package found none in the answer, the status in words and what the answer said. */
function readable(error: {
  message: string
  statusCode: number | undefined
  responseBody: string | undefined
}): string {
  const status = STATUS_CODES[error.statusCode ?? 0]
  // The runtime puts the system's code before its words; the words say it.
  if (error.message !== "" && error.message !== status)
    return error.message.replace(/^(Cannot connect to API: )E[A-Z]+: /, "$1")
  const words = status ?? (error.message || "The provider answered with an error")
  const body = error.responseBody?.trim() ?? ""
  if (body === "") return words
  if (/^<(?:!doctype|html)/i.test(body))
    return `${words}: the answer was a web page; perhaps a gateway or proxy refused the request`
  return `${words}: ${ownMessage(body) ?? body.slice(0, MAX_QUOTED)}`
}

function ownMessage(body: string): string | undefined {
  try {
    const { message, error } = JSON.parse(body)
    return typeof message === "string" ? message : typeof error === "string" ? error : undefined
  } catch {
    return undefined // Not JSON: then the text itself is shown.
  }
}

const connectionError = (message: string, code: string): RunError => ({
  name: "APIError",
  data: { message, isRetryable: true, metadata: { code } },
})

function nameOf(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "name" in error ? String(error.name) : undefined
}

/** The system's code of a broken connection, also when the package wrapped the error. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > 4) return undefined
  // A refusal is what the vendor said, whatever became of the connection; a broken 200 is a broken connection.
  if ("statusCode" in error && typeof error.statusCode === "number" && error.statusCode >= 400) return undefined
  if ("code" in error && typeof error.code === "string" && error instanceof Error) return error.code
  return "cause" in error ? codeOf(error.cause, depth + 1) : undefined
}

/** The text of whatever was thrown; an object that came in the stream is shown as its JSON. */
function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name
  if (typeof error === "string") return error
  // The packages wrap the vendor's object and keep it in `data`.
  const own = typeof error === "object" && error !== null && "data" in error ? error.data : undefined
  return JSON.stringify(own ?? error) ?? String(error)
}

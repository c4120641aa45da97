import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { errorMessage } from "../../base/error"
import type { App } from "../../instance/app"
import { LoginError } from "./error"

const TIMEOUT = 30_000
const MAX_ANSWER = 1024 * 1024

const Refusal = Type.Object({
  error: Type.Union([Type.String(), Type.Object({ message: Type.String() })]),
  error_description: Type.Optional(Type.String()),
})

export interface LoginAnswer {
  status: number
  /** The JSON of the answer; undefined when it is none. */
  body: unknown
}

interface LoginRequest {
  signal?: AbortSignal
  headers?: Record<string, string>
  /** Fields of a form, or a body of JSON; without both it is a GET. */
  form?: Record<string, string>
  json?: object
}

/** One request to a vendor's login service. Throws `LoginError` when it cannot be reached; any status is an answer. */
export async function loginRequest(app: App, url: string, request: LoginRequest): Promise<LoginAnswer> {
  const { signal, form, json } = request
  const timeout = AbortSignal.timeout(TIMEOUT)
  try {
    const response = await fetch(url, {
      method: form || json ? "POST" : "GET",
      headers: {
        accept: "application/json",
        "user-agent": `opencode/${app.version}`,
        ...(json && { "content-type": "application/json" }),
        ...request.headers,
      },
      // The body holds codes and tokens: they are for this address only.
      redirect: "error",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(form && { body: new URLSearchParams(form) }),
      ...(json && { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    return { status: response.status, body: text.length > MAX_ANSWER ? undefined : parsed(text) }
  } catch (error) {
    signal?.throwIfAborted()
    throw new LoginError(`${new URL(url).host} could not be reached: ${errorMessage(error)}`)
  }
}

/** What an answer that is not the wanted one says of the reason; never its other fields, which may be secret. */
export function refusalText({ status, body }: LoginAnswer): string {
  if (!Value.Check(Refusal, body)) return `status ${status}`
  const reason = typeof body.error === "string" ? body.error : body.error.message
  return [reason, body.error_description].filter(Boolean).join(": ").slice(0, 500)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Not JSON: the caller says what it expected.
  }
}

import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { errorMessage } from "../base/error"
import { type JsonAnswer, type JsonRequest, jsonRequest } from "../base/json-request"
import type { App } from "../instance/app"
import { LoginError } from "./login-error"

const Refusal = Type.Object({
  error: Type.Union([Type.String(), Type.Object({ message: Type.String() })]),
  error_description: Type.Optional(Type.String()),
})

/** One request to a login service. Throws `LoginError` when it cannot be reached; any status is an answer. */
export async function loginRequest(
  app: App,
  url: string,
  { headers, ...request }: Omit<JsonRequest, "mayRedirect">,
): Promise<JsonAnswer> {
  try {
    return await jsonRequest(url, { ...request, headers: { "user-agent": `opencode/${app.version}`, ...headers } })
  } catch (error) {
    request.signal?.throwIfAborted()
    throw new LoginError(errorMessage(error))
  }
}

/** What an answer that is not the wanted one says of the reason; never its other fields, which may be secret. */
export function refusalText({ status, body }: JsonAnswer): string {
  if (!Value.Check(Refusal, body)) return `status ${status}`
  const reason = typeof body.error === "string" ? body.error : body.error.message
  return [reason, body.error_description].filter(Boolean).join(": ").slice(0, 500)
}

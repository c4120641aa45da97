import type { JsonAnswer } from "../../base/json-request"
import type { App } from "../../instance/app"
import { loginRequest } from "../login-request"
import type { Account } from "./accounts"
import { consoleToken } from "./token"

interface ConsoleRequest {
  headers?: Record<string, string>
  timeout?: number
}

/**
 * Asks the console of an account something on its behalf; once more with a new token where it does not accept the one there
 * is. Throws `LoginError`; any other status is an answer.
 */
export async function consoleRequest(
  app: App,
  { id, url }: Account,
  path: string,
  { headers, timeout }: ConsoleRequest = {},
): Promise<JsonAnswer> {
  const ask = (token: string) =>
    loginRequest(app, `${url}${path}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(timeout !== undefined && { timeout }),
    })
  const token = await consoleToken(app, id)
  const answer = await ask(token)
  return answer.status === 401 ? ask(await consoleToken(app, id, token)) : answer
}

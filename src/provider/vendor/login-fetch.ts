import type { App } from "../../instance/app"
import type { OAuth } from "../../schema/auth"
import { currentLogin } from "../login/token"
import { withoutSecret } from "../vendor-fetch"

type Fetch = typeof fetch

interface Changes {
  headers?: Record<string, string>
  body?: RequestInit["body"]
}

interface Calls {
  /** Whose login is used, and below which address; requests to other addresses are passed on as they are. */
  login?: { providerID: string; baseURL: string }
  /** What is changed in each request to the vendor. */
  change(init: RequestInit, auth: OAuth | undefined): Changes
}

/**
 * `fetch` for a vendor that wants more than a key: with the changes of `change`, and with the token of a login, renewed
 * where needed. A token that the vendor refuses although its time is not over is renewed once.
 */
export function loginFetch(app: App, inner: Fetch, { login, change }: Calls): Fetch {
  const send = (input: Parameters<Fetch>[0], init: RequestInit, auth?: OAuth) => {
    const { headers = {}, body } = change(init, auth)
    const all = new Headers(init.headers)
    for (const [name, value] of Object.entries(headers)) all.set(name, value)
    if (auth) all.set("authorization", `Bearer ${auth.access}`)
    return inner(input, { ...init, headers: all, ...(body !== undefined && { body }) })
  }
  const call = async (input: Parameters<Fetch>[0], init: RequestInit = {}): Promise<Response> => {
    if (!login) return send(input, init)
    const { providerID, baseURL } = login
    if (!isBelow(baseURL, input)) return inner(input, init)
    const auth = await currentLogin(app, providerID)
    const response = await send(input, init, auth)
    if (response.status !== 401) return response.ok ? response : withoutSecret(response, auth.access)
    await response.body?.cancel()
    const renewed = await currentLogin(app, providerID, auth.access)
    const second = await send(input, init, renewed)
    return second.ok ? second : withoutSecret(second, renewed.access)
  }
  return Object.assign(call, { preconnect: inner.preconnect })
}

function isBelow(baseURL: string, input: Parameters<Fetch>[0]): boolean {
  const url = new URL(input instanceof Request ? input.url : input)
  const base = new URL(baseURL)
  return url.origin === base.origin && url.pathname.startsWith(base.pathname)
}

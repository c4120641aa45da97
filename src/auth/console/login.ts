import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import type { App } from "../../instance/app"
import { LoginError } from "../login-error"
import { loginRequest, refusalText } from "../login-request"
import { type Polled, poll } from "../poll"
import { type Account, putAccount, setActive } from "./accounts"
import { ORGANIZATIONS, type Organization, organizationsIn } from "./organizations"
import { CONSOLE_CLIENT, grantedTokens, tokenAddress } from "./token"

/** Milliseconds; what a timer can wait. */
const LONGEST = 2 ** 31 - 1
const GRANT = "urn:ietf:params:oauth:grant-type:device_code"

const DeviceCode = Type.Object({
  device_code: Type.String({ minLength: 1 }),
  user_code: Type.String({ minLength: 1 }),
  /** May be relative to the console. */
  verification_uri_complete: Type.String({ minLength: 1 }),
  /** Seconds, both. */
  expires_in: Type.Number({ minimum: 0 }),
  interval: Type.Number({ minimum: 0 }),
})
const Refused = Type.Object({ error: Type.String(), interval: Type.Optional(Type.Number({ minimum: 0 })) })
const User = Type.Object({ id: Type.String({ minLength: 1 }), email: Type.String() })

/** A login to a console that was begun. */
export interface ConsoleLogin {
  /** The page that the user is to open, and the code that it is to show. */
  url: string
  code: string
  /** The account once the user has confirmed; rejects with `LoginError`, or the reason of the signal. */
  result: Promise<{ email: string; organization: Organization | undefined }>
}

interface Options {
  signal: AbortSignal
  /** The least pause between two questions, in milliseconds. */
  leastPause?: number
}

/**
 * Signs in to the console at an address by a code that the user confirms in a browser (RFC 8628). The account is stored, and
 * its first organization becomes the active one. Throws `LoginError`.
 */
export async function startConsoleLogin(
  app: App,
  address: string,
  { signal, leastPause = 1000 }: Options,
): Promise<ConsoleLogin> {
  const server = consoleAddress(address)
  const answer = await loginRequest(app, `${server}/auth/device/code`, { json: { client_id: CONSOLE_CLIENT }, signal })
  if (answer.status !== 200 || !Value.Check(DeviceCode, answer.body))
    throw new LoginError(`The console gave no code for the login: ${refusalText(answer)}`, true)
  const { device_code, user_code, verification_uri_complete: page, expires_in, interval } = answer.body
  const url = URL.parse(page, `${server}/`)
  if (!url || !/^https?:$/.test(url.protocol))
    throw new LoginError("The console names no web page to confirm the login on", true)

  const expired = new LoginError("The code has expired", true)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(expired), Math.min(expires_in * 1000, LONGEST))
  const polling = { interval: interval * 1000, least: leastPause, signal: AbortSignal.any([signal, late.signal]) }
  const result = poll(polling, () => ask(app, server, device_code, signal))
    .then((tokens) => store(app, server, tokens, signal))
    .finally(() => clearTimeout(timer))
  return { url: url.href, code: user_code, result }
}

/** The address without a slash at the end, query and fragment. Throws `LoginError` when it is no web address. */
export function consoleAddress(text: string): string {
  const url = URL.parse(text.trim())
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new LoginError(`The address of a console begins with https://, not ${JSON.stringify(text)}`, true)
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`
}

type Tokens = NonNullable<ReturnType<typeof grantedTokens>>

async function ask(app: App, server: string, device_code: string, signal: AbortSignal): Promise<Polled<Tokens>> {
  const json = { grant_type: GRANT, device_code, client_id: CONSOLE_CLIENT }
  const polled = await loginRequest(app, tokenAddress(server), { json, signal })
  const tokens = grantedTokens(app, polled.body)
  if (tokens) return { result: tokens }
  const { error: reason, interval } = Value.Check(Refused, polled.body) ? polled.body : {}
  if (reason === "authorization_pending") return { slower: false }
  if (reason === "slow_down") return { slower: true, interval: interval === undefined ? undefined : interval * 1000 }
  if (reason === "expired_token") throw new LoginError("The code has expired", true)
  if (reason === "access_denied") throw new LoginError("The login was denied", true)
  throw new LoginError(`The console ended the login: ${refusalText(polled)}`, true)
}

/** Who the tokens are of is asked before anything is stored. */
async function store(app: App, server: string, tokens: Tokens, signal: AbortSignal) {
  const headers = { authorization: `Bearer ${tokens.access}` }
  const [user, list] = await Promise.all(
    ["/api/user", ORGANIZATIONS].map((path) => loginRequest(app, `${server}${path}`, { headers, signal })),
  )
  const organizations = organizationsIn(list?.body)
  if (!Value.Check(User, user?.body) || !organizations)
    throw new LoginError("The console does not tell whose login it is")
  const { id, email } = user.body
  const account: Account = { id, email, url: server, ...tokens }
  await putAccount(app, account)
  const [organization] = organizations
  await setActive(app, organization && { accountID: id, orgID: organization.id, orgName: organization.name })
  return { email, organization }
}

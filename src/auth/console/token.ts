import { type Static, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { createKeyedLock } from "../../base/lock"
import type { App } from "../../instance/app"
import { appState } from "../../instance/state"
import { LoginError } from "../login-error"
import { loginRequest, refusalText } from "../login-request"
import { type Account, findAccount, renewAccount } from "./accounts"

/** What this program is called where consoles sign in. */
export const CONSOLE_CLIENT = "opencode-cli"
/** A token is renewed this long before it expires, so that it does not expire under way. Milliseconds. */
const MARGIN = 5 * 60_000

const Granted = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  refresh_token: Type.String({ minLength: 1 }),
  /** Seconds. */
  expires_in: Type.Number({ minimum: 0 }),
})

const locks = appState(() => ({ byAccount: createKeyedLock() }))

/** Where a console gives tokens for codes and for refresh tokens. */
export const tokenAddress = (url: string) => `${url}/auth/device/token`

/** The tokens in an answer of that address; undefined when it gives none. */
export function grantedTokens(app: App, body: unknown): Pick<Account, "access" | "refresh" | "expires"> | undefined {
  if (!Value.Check(Granted, body)) return undefined
  const { access_token: access, refresh_token: refresh, expires_in }: Static<typeof Granted> = body
  return { access, refresh, expires: app.now() + Math.round(expires_in * 1000) }
}

/**
 * A token of an account that is valid, renewed first where needed: once, however many ask. `rejected`: a token that the
 * console did not accept although its time is not over. Throws `LoginError`.
 */
export async function consoleToken(app: App, accountID: string, rejected?: string): Promise<string> {
  const usable = ({ access, expires }: Account) => access !== rejected && expires - app.now() > MARGIN
  const stored = await accountOf(app, accountID)
  if (usable(stored)) return stored.access
  return locks(app).byAccount(accountID, async () => {
    const account = await accountOf(app, accountID)
    // A short-lived one is as new as it can be when somebody else has just renewed it.
    if (account.access !== stored.access || usable(account)) return account.access
    return renew(app, account)
  })
}

async function renew(app: App, account: Account): Promise<string> {
  const json = { grant_type: "refresh_token", refresh_token: account.refresh, client_id: CONSOLE_CLIENT }
  const answer = await loginRequest(app, tokenAddress(account.url), { json })
  const tokens = answer.status === 200 ? grantedTokens(app, answer.body) : undefined
  if (tokens) {
    await renewAccount(app, account, { ...account, ...tokens })
    return tokens.access
  }
  // Another program that shares the file may have been faster; its renewal made ours worthless.
  const now = await accountOf(app, account.id)
  if (now.access !== account.access) return now.access
  const refused = answer.status >= 400 && answer.status < 500 && answer.status !== 429
  if (refused) throw ended(account.email, refusalText(answer))
  throw new LoginError(`The console gave no new token: ${refusalText(answer)}`)
}

async function accountOf(app: App, id: string): Promise<Account> {
  const account = await findAccount(app, id)
  if (!account) throw ended(id, "it was removed")
  return account
}

const ended = (account: string, reason: string) =>
  new LoginError(`The console login of ${account} does not hold any more (${reason}). Sign in again.`, true)

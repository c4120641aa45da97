import { findAuth, renewAuth } from "../../auth/auth"
import { LoginError } from "../../auth/login-error"
import { createKeyedLock } from "../../base/lock"
import type { App } from "../../instance/app"
import { appState } from "../../instance/state"
import type { OAuth } from "../../schema/auth"
import { renewCopilot } from "./copilot"
import { renewOpenAI } from "./openai-token"

/** A token is renewed this long before it expires, so that it does not expire under way. Milliseconds. */
const MARGIN = 60_000

interface Vendor {
  renew(app: App, auth: OAuth): Promise<OAuth>
  /** `expires` 0: the token lasts. */
  lasts: boolean
}

const VENDORS: Record<string, Vendor> = {
  openai: { renew: renewOpenAI, lasts: false },
  "github-copilot": { renew: renewCopilot, lasts: true },
}

/** Whether a stored login (in contrast to a key) can be used for this provider. */
export const signsIn = (providerID: string): boolean => Object.hasOwn(VENDORS, providerID)

interface State {
  lock: ReturnType<typeof createKeyedLock>
  /** Renewed logins by the token that they replaced: where the credentials come from the environment, they are nowhere else. */
  renewed: Map<string, OAuth>
}

const stateOf = appState((): State => ({ lock: createKeyedLock(), renewed: new Map() }))

/**
 * The login of a provider with a token that is valid, renewed first where needed: once, however many ask. `rejected`: a
 * token that the vendor did not accept although its time is not over. Throws `LoginError`.
 */
export async function currentLogin(app: App, providerID: string, rejected?: string): Promise<OAuth> {
  const vendor = VENDORS[providerID]
  if (!vendor) throw new LoginError(`Nobody can sign in to ${providerID}`)
  const usable = (auth: OAuth) => {
    if (auth.access === rejected) return false
    return (auth.expires === 0 && vendor.lasts) || auth.expires - app.now() > MARGIN
  }
  const stored = await storedLogin(app, providerID)
  if (usable(stored)) return stored
  return stateOf(app).lock(providerID, async () => {
    const auth = await storedLogin(app, providerID)
    if (usable(auth)) return auth
    if (auth.expires === 0 && vendor.lasts) throw ended(providerID, "the vendor does not accept it any more")
    try {
      const renewed = await vendor.renew(app, auth)
      if (app.env.OPENCODE_AUTH_CONTENT) stateOf(app).renewed.set(auth.refresh, renewed)
      await renewAuth(app, providerID, auth, renewed)
      return renewed
    } catch (error) {
      if (!(error instanceof LoginError && error.refused)) throw error
      // Another program that shares the file may have been faster; its renewal made ours worthless.
      const other = await storedLogin(app, providerID)
      if (other.access !== auth.access && usable(other)) return other
      throw ended(providerID, error.message)
    }
  })
}

async function storedLogin(app: App, providerID: string): Promise<OAuth> {
  const auth = await findAuth(app, providerID)
  if (auth?.type !== "oauth") throw ended(providerID, "it was removed")
  let newest = auth
  if (app.env.OPENCODE_AUTH_CONTENT) {
    const { renewed } = stateOf(app)
    for (let next = renewed.get(auth.refresh); next && next !== newest; next = renewed.get(next.refresh)) newest = next
  }
  return newest
}

const ended = (providerID: string, reason: string) =>
  new LoginError(`The login to ${providerID} does not hold any more (${reason}). Sign in again.`, true)

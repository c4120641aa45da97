import { setAuth } from "../../auth/auth"
import { LoginError } from "../../auth/login-error"
import type { App } from "../../instance/app"
import type { Instance } from "../../instance/instance"
import { appState } from "../../instance/state"
import type { ProviderAuthAuthorization } from "../../schema/auth"
import { loginRefused } from "./error"
import type { LoginFlow, LoginMethod } from "./flow"
import { loginMethods } from "./methods"

/** How long the user has to finish a login: as long as the vendors' codes hold. Milliseconds. */
const PATIENCE = 15 * 60_000

interface Pending {
  method: number
  flow: LoginFlow
  /** Settles when the credential is stored. */
  stored: Promise<void>
  cancel: AbortController
}

/** By provider id. One login at a time for each: they share the port that the browser comes back to. */
const pendingOf = appState(() => new Map<string, Pending>())

interface Start {
  /** Position in the list of the provider's methods. */
  method: number
  inputs?: Record<string, string>
}

/**
 * Begins a login and answers what the user is to do. It takes the place of an unfinished one of the same provider, and is
 * stored as soon as the user is done, whether a client waits for it or not. Throws 400 when the provider has no such
 * method, when an input is missing, and when the vendor does not let it begin.
 */
export async function startLogin(
  { app, signal }: Instance,
  providerID: string,
  { method, inputs = {} }: Start,
): Promise<ProviderAuthAuthorization> {
  const chosen = loginMethods(providerID)[method]
  const begin = chosen?.start
  if (!chosen || !begin) throw unusableMethod(providerID, method, chosen)
  checkInputs(providerID, chosen, inputs)
  cancelLogin(app, providerID)
  const cancel = new AbortController()
  const late = setTimeout(() => cancel.abort(new LoginError("The login was not finished in time")), PATIENCE)
  late.unref()
  const ended = () => cancel.abort(new LoginError("The directory that the login was started in was closed"))
  signal.addEventListener("abort", ended, { once: true })
  const settle = () => {
    clearTimeout(late)
    signal.removeEventListener("abort", ended)
  }
  let flow: LoginFlow
  try {
    flow = await begin(app, inputs, cancel.signal)
  } catch (error) {
    settle()
    throw error instanceof LoginError ? failed(providerID, error) : error
  }
  const stored = flow.result.then((auth) => setAuth(app, providerID, auth)).finally(settle)
  // Without a client that waits, nobody else hears of it.
  stored.catch((error) => app.log.info("A login was not completed", { provider: providerID, error }))
  // One that was begun at the same moment may be there by now.
  cancelLogin(app, providerID)
  pendingOf(app).set(providerID, { method, flow, stored, cancel })
  return flow.authorization
}

/**
 * Waits until the login that was begun is stored. `code`: what the user pasted, where the authorization asks for it. Throws
 * 400: `ProviderAuthOauthMissing` when none was begun, `ProviderAuthOauthCodeMissing`, `ProviderAuthOauthCallbackFailed`.
 */
export async function finishLogin(
  { app }: Instance,
  providerID: string,
  { method, code }: { method: number; code?: string },
): Promise<void> {
  const known = pendingOf(app).get(providerID)
  if (!known || known.method !== method) throw loginRefused("ProviderAuthOauthMissing", { providerID })
  const { flow, stored } = known
  if (flow.authorization.method === "code" && !code) throw loginRefused("ProviderAuthOauthCodeMissing", { providerID })
  try {
    // What is of no use leaves the login open for another try.
    if (code && flow.submit) await flow.submit(code)
  } catch (error) {
    throw error instanceof LoginError ? failed(providerID, error) : error
  }
  try {
    await stored
  } catch (error) {
    throw error instanceof LoginError ? failed(providerID, error) : error
  } finally {
    if (pendingOf(app).get(providerID) === known) pendingOf(app).delete(providerID)
  }
}

const failed = (providerID: string, { message }: LoginError) =>
  loginRefused("ProviderAuthOauthCallbackFailed", { providerID, message })

function unusableMethod(providerID: string, method: number, chosen: LoginMethod | undefined) {
  const message = chosen
    ? `Method ${method} of ${providerID} is a key, not a login: store it with PUT /auth/${providerID}`
    : `${providerID} has no login method ${method}; GET /provider/auth lists what there is`
  return loginRefused("ProviderAuthValidationFailed", { providerID, field: "method", message })
}

function checkInputs(providerID: string, { prompts = [] }: LoginMethod, inputs: Record<string, string>): void {
  for (const prompt of prompts) {
    const given = inputs[prompt.key]
    if (prompt.type !== "select" || given === undefined || prompt.options.some(({ value }) => value === given)) continue
    const allowed = prompt.options.map(({ value }) => value).join(", ")
    const message = `${prompt.key} must be one of: ${allowed}`
    throw loginRefused("ProviderAuthValidationFailed", { providerID, field: prompt.key, message })
  }
}

const cancelLogin = (app: App, providerID: string) =>
  pendingOf(app).get(providerID)?.cancel.abort(new LoginError("Another login was started instead"))

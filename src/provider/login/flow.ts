import type { App } from "../../instance/app"
import type { OAuth, ProviderAuthAuthorization, ProviderAuthMethod } from "../../schema/auth"

/** A login that was begun. */
export interface LoginFlow {
  /** What the user is to do. */
  authorization: ProviderAuthAuthorization
  /** The login once the user has done it; rejects with `LoginError`, or the reason of the signal. */
  result: Promise<OAuth>
  /** Takes what the user pasted (a code, or the address the browser was sent to). Throws `LoginError` if it is of no use. */
  submit?(text: string): Promise<void>
}

/** A way to connect a provider, as clients show it. Without `start` it is a key that the client stores itself. */
export interface LoginMethod extends ProviderAuthMethod {
  /** Begins a login, which ends with the signal. `inputs` are the answers to the prompts. Throws `LoginError`. */
  start?(app: App, inputs: Record<string, string>, signal: AbortSignal): Promise<LoginFlow>
}

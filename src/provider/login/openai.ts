import { createHash, randomBytes } from "node:crypto"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { LoginError } from "../../auth/login-error"
import { loginRequest, refusalText } from "../../auth/login-request"
import { type Polled, poll } from "../../auth/poll"
import { errorMessage } from "../../base/error"
import type { App } from "../../instance/app"
import type { OAuth } from "../../schema/auth"
import { loginEndpoints } from "./endpoints"
import type { LoginFlow } from "./flow"
import { exchangeCode, OPENAI_CLIENT } from "./openai-token"
import { listenForRedirect, type RedirectAnswer } from "./redirect-listener"

const PATH = "/auth/callback"
const SCOPE = "openid profile email offline_access"
const USUAL_INTERVAL = 5

/**
 * Signs in to ChatGPT with a browser on this machine: authorization code with PKCE, sent back to a port of `localhost`.
 * Where the browser runs elsewhere, or the port is taken, the address that it ends at can be pasted.
 */
export async function loginWithBrowser(app: App, signal: AbortSignal): Promise<LoginFlow> {
  const endpoints = loginEndpoints(app)
  const verifier = randomBytes(32).toString("base64url")
  const state = randomBytes(24).toString("base64url")
  const { promise: result, resolve, reject } = Promise.withResolvers<OAuth>()
  signal.addEventListener("abort", () => reject(signal.reason), { once: true })

  let redirect = `http://localhost:${endpoints.redirectPort}${PATH}`
  let used = false
  const exchange = async (code: string) => {
    used = true
    resolve(await exchangeCode(app, { code, verifier, redirect }, signal))
  }
  const receive = async (query: URLSearchParams): Promise<RedirectAnswer> => {
    if (query.get("state") !== state)
      return refusal("This is not the login that was started last. Nothing was changed.", false)
    if (used) return refusal("This login was used already.", false)
    const code = query.get("code")
    const problem = query.get("error_description") ?? query.get("error")
    if (!code) {
      reject(new LoginError(`OpenAI ended the login: ${problem?.slice(0, 500) ?? "it sent no code"}`, true))
      return refusal("The login was not completed.", true)
    }
    try {
      await exchange(code)
      return { ok: true, message: "You are signed in. This page can be closed.", done: true }
    } catch (error) {
      reject(error)
      app.log.warn("A login failed", { provider: "openai", reason: errorMessage(error) })
      return refusal("The login failed; the program that started it says why.", true)
    }
  }
  const listener = listenForRedirect(app, { port: endpoints.redirectPort, path: PATH, signal, receive })
  if (listener) redirect = `http://localhost:${listener.port}${PATH}`

  return {
    authorization: {
      url: `${endpoints.openai}/oauth/authorize?${new URLSearchParams({
        response_type: "code",
        client_id: OPENAI_CLIENT,
        redirect_uri: redirect,
        scope: SCOPE,
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
        id_token_add_organizations: "true",
        codex_cli_simplified_flow: "true",
        state,
        originator: "opencode",
      })}`,
      method: listener ? "auto" : "code",
      instructions: listener
        ? "Sign in with your browser. The rest happens by itself."
        : "Sign in with your browser, then paste the address of the page that it ends at.",
    },
    result,
    async submit(text) {
      const pasted = URL.canParse(text.trim()) ? new URL(text.trim()).searchParams : undefined
      if (pasted && pasted.get("state") !== state) throw new LoginError("This address belongs to another login", true)
      const code = pasted ? pasted.get("code") : text.trim()
      if (!code) throw new LoginError("This address holds no code", true)
      await exchange(code)
      listener?.stop()
    },
  }
}

const refusal = (message: string, done: boolean): RedirectAnswer => ({ ok: false, message, done })

const DeviceCode = Type.Object({
  device_auth_id: Type.String(),
  user_code: Type.String(),
  interval: Type.Optional(Type.Union([Type.Number(), Type.String()])),
})
const Confirmed = Type.Object({ authorization_code: Type.String(), code_verifier: Type.String() })

/** Signs in to ChatGPT with a browser anywhere: the user enters a short code there, while this asks whether it was done. */
export async function loginWithCode(app: App, signal: AbortSignal): Promise<LoginFlow> {
  const { openai, pollPause } = loginEndpoints(app)
  const service = `${openai}/api/accounts/deviceauth`
  const answer = await loginRequest(app, `${service}/usercode`, { json: { client_id: OPENAI_CLIENT }, signal })
  if (answer.status !== 200 || !Value.Check(DeviceCode, answer.body))
    throw new LoginError(`OpenAI gave no code for the login: ${refusalText(answer)}`, true)
  const { device_auth_id, user_code, interval } = answer.body
  const seconds = Number(interval ?? USUAL_INTERVAL)
  const polling = { interval: (Number.isFinite(seconds) ? seconds : USUAL_INTERVAL) * 1000, least: pollPause, signal }

  const ask = async (): Promise<Polled<{ code: string; verifier: string }>> => {
    const polled = await loginRequest(app, `${service}/token`, { json: { device_auth_id, user_code }, signal })
    if (polled.status === 200 && Value.Check(Confirmed, polled.body))
      return { result: { code: polled.body.authorization_code, verifier: polled.body.code_verifier } }
    const reason = refusalText(polled)
    // Until the code was entered the service does not know it: 403 or 404.
    const open = polled.status === 403 || polled.status === 404 || polled.status === 429
    if (!open || /denied|expired/.test(reason)) throw new LoginError(`OpenAI ended the login: ${reason}`, true)
    return { slower: polled.status === 429 || reason.startsWith("slow_down") }
  }
  const result = poll(polling, ask).then(({ code, verifier }) =>
    exchangeCode(app, { code, verifier, redirect: `${openai}/deviceauth/callback` }, signal),
  )
  return {
    // Clients show what follows the colon as the code.
    authorization: { url: `${openai}/codex/device`, method: "auto", instructions: `Enter code: ${user_code}` },
    result,
  }
}

import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { LoginError } from "../../auth/login-error"
import { loginRequest, refusalText } from "../../auth/login-request"
import { type Polled, poll } from "../../auth/poll"
import type { App } from "../../instance/app"
import type { OAuth } from "../../schema/auth"
import { loginEndpoints } from "./endpoints"
import { loginRefused } from "./error"
import type { LoginFlow } from "./flow"

/** The public OAuth app of opencode: its tokens are accepted by the Copilot models as they are. */
const CLIENT = "Ov23li8tweQw6odWQebz"
const SCOPE = "read:user"
const GRANT = "urn:ietf:params:oauth:grant-type:device_code"
const USUAL_INTERVAL = 5

const DeviceCode = Type.Object({
  device_code: Type.String({ minLength: 1 }),
  user_code: Type.String({ minLength: 1 }),
  verification_uri: Type.String({ pattern: "^https?://" }),
  interval: Type.Optional(Type.Number({ minimum: 0 })),
})
const Granted = Type.Object({ access_token: Type.String({ minLength: 1 }) })
const Waiting = Type.Object({ error: Type.String(), interval: Type.Optional(Type.Number({ minimum: 0 })) })
const Exchanged = Type.Object({ token: Type.String({ minLength: 1 }), expires_at: Type.Number() })

/**
 * Signs in to GitHub, public or of an enterprise, by a code that the user enters in a browser (RFC 8628). Throws 400 when
 * the address of the enterprise is of no use.
 */
export async function loginWithGitHub(
  app: App,
  inputs: Record<string, string>,
  signal: AbortSignal,
): Promise<LoginFlow> {
  const domain = inputs.deploymentType === "enterprise" ? enterpriseDomain(inputs.enterpriseUrl ?? "") : undefined
  const { github, pollPause } = loginEndpoints(app)
  const { web } = github(domain)
  const form = { client_id: CLIENT, scope: SCOPE }
  const answer = await loginRequest(app, `${web}/login/device/code`, { form, signal })
  if (answer.status !== 200 || !Value.Check(DeviceCode, answer.body))
    throw new LoginError(`GitHub gave no code for the login: ${refusalText(answer)}`, true)
  const { device_code, user_code, verification_uri, interval } = answer.body

  const ask = async (): Promise<Polled<OAuth>> => {
    const polled = await loginRequest(app, `${web}/login/oauth/access_token`, {
      form: { client_id: CLIENT, device_code, grant_type: GRANT },
      signal,
    })
    if (Value.Check(Granted, polled.body)) return { result: githubLogin(polled.body.access_token, domain) }
    const waiting = Value.Check(Waiting, polled.body) ? polled.body : undefined
    if (waiting?.error === "authorization_pending") return { slower: false }
    if (waiting?.error === "slow_down")
      return { slower: true, interval: waiting.interval === undefined ? undefined : waiting.interval * 1000 }
    throw new LoginError(`GitHub ended the login: ${refusalText(polled)}`, true)
  }
  return {
    // Clients show what follows the colon as the code.
    authorization: { url: verification_uri, method: "auto", instructions: `Enter code: ${user_code}` },
    result: poll({ interval: (interval ?? USUAL_INTERVAL) * 1000, least: pollPause, signal }, ask),
  }
}

/** GitHub's own token does not expire: `expires` 0 says that it is used as it is. */
const githubLogin = (token: string, domain: string | undefined): OAuth => ({
  type: "oauth",
  refresh: token,
  access: token,
  expires: 0,
  ...(domain && { enterpriseUrl: domain }),
})

/**
 * A new short-lived Copilot token for a login whose GitHub token must be exchanged first: of other programs, stored with a
 * time of expiry. Throws `LoginError`.
 */
export async function renewCopilot(app: App, auth: OAuth): Promise<OAuth> {
  const { api } = loginEndpoints(app).github(auth.enterpriseUrl && enterpriseDomain(auth.enterpriseUrl))
  const headers = { authorization: `token ${auth.refresh}` }
  const answer = await loginRequest(app, `${api}/copilot_internal/v2/token`, { headers })
  if (answer.status !== 200 || !Value.Check(Exchanged, answer.body)) {
    const refused = answer.status >= 400 && answer.status < 500 && answer.status !== 429
    throw new LoginError(`GitHub gave no Copilot token: ${refusalText(answer)}`, refused)
  }
  return { ...auth, access: answer.body.token, expires: Math.round(answer.body.expires_at * 1000) }
}

/** The host name in what a user or an older entry calls the address of an enterprise. Throws 400. */
export function enterpriseDomain(text: string): string {
  const address = text.trim()
  const full = /^\w+:\/\//.test(address) ? address : `https://${address}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (url?.protocol === "https:" && url.hostname.includes(".") && !url.username && !url.password) return url.host
  throw loginRefused("ProviderAuthValidationFailed", {
    providerID: "github-copilot",
    field: "enterpriseUrl",
    message: `The address of a GitHub Enterprise is a host name such as company.ghe.com, not ${JSON.stringify(text)}`,
  })
}

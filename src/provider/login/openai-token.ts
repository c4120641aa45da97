import { type Static, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { LoginError } from "../../auth/login-error"
import { loginRequest, refusalText } from "../../auth/login-request"
import type { App } from "../../instance/app"
import type { OAuth } from "../../schema/auth"
import { loginEndpoints } from "./endpoints"

/** The public client of OpenAI's coding program, which also signs in for other coding agents. */
export const OPENAI_CLIENT = "app_EMoamEEZ73f0CkXaXp7hrann"
/** For answers that do not say how long a token lives, in seconds. */
const USUAL_LIFE = 3600

const Tokens = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  refresh_token: Type.Optional(Type.String({ minLength: 1 })),
  id_token: Type.Optional(Type.String()),
  expires_in: Type.Optional(Type.Number({ minimum: 0 })),
})
type Tokens = Static<typeof Tokens>

const AccountClaims = Type.Object({ chatgpt_account_id: Type.String({ minLength: 1 }) })
const NestedClaims = Type.Object({ "https://api.openai.com/auth": AccountClaims })
const OrganizationClaims = Type.Object({
  organizations: Type.Array(Type.Object({ id: Type.String() }), { minItems: 1 }),
})

interface Code {
  code: string
  verifier: string
  /** As it was in the request that gave the code. */
  redirect: string
}

/** Trades the code of a login for its tokens. Throws `LoginError`. */
export async function exchangeCode(app: App, { code, verifier, redirect }: Code, signal: AbortSignal): Promise<OAuth> {
  const form = {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirect,
    client_id: OPENAI_CLIENT,
    code_verifier: verifier,
  }
  const tokens = await requestTokens(app, form, signal)
  if (!tokens.refresh_token) throw new LoginError("OpenAI answered the login without a token to renew it")
  return oauthFrom(app, tokens, { refresh: tokens.refresh_token })
}

/** New tokens for a login. The old ones do not count any more. Throws `LoginError`. */
export async function renewOpenAI(app: App, auth: OAuth): Promise<OAuth> {
  const form = { grant_type: "refresh_token", refresh_token: auth.refresh, client_id: OPENAI_CLIENT }
  return oauthFrom(app, await requestTokens(app, form), auth)
}

async function requestTokens(app: App, form: Record<string, string>, signal?: AbortSignal): Promise<Tokens> {
  const answer = await loginRequest(app, `${loginEndpoints(app).openai}/oauth/token`, {
    form,
    ...(signal && { signal }),
  })
  if (answer.status === 200 && Value.Check(Tokens, answer.body)) return answer.body
  const refused = answer.status >= 400 && answer.status < 500 && answer.status !== 429
  throw new LoginError(`OpenAI did not give tokens: ${refusalText(answer)}`, refused)
}

function oauthFrom(app: App, tokens: Tokens, former: { refresh: string; accountId?: string }): OAuth {
  const accountId = accountOf(tokens) ?? former.accountId
  return {
    type: "oauth",
    refresh: tokens.refresh_token ?? former.refresh,
    access: tokens.access_token,
    expires: Math.round(app.now() + (tokens.expires_in ?? USUAL_LIFE) * 1000),
    ...(accountId && { accountId }),
  }
}

/** The account for which a token counts; requests must name it. Signatures are the vendor's business. */
function accountOf({ id_token, access_token }: Tokens): string | undefined {
  for (const token of [id_token, access_token]) {
    const claims = claimsOf(token)
    if (Value.Check(AccountClaims, claims)) return claims.chatgpt_account_id
    if (Value.Check(NestedClaims, claims)) return claims["https://api.openai.com/auth"].chatgpt_account_id
    if (Value.Check(OrganizationClaims, claims)) return claims.organizations[0]?.id
  }
  return undefined
}

function claimsOf(token: string | undefined): unknown {
  const payload = token?.split(".")[1]
  if (!payload) return undefined
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"))
  } catch {
    return undefined // A token of another form names no account.
  }
}

import { createHash } from "node:crypto"

export interface AuthorizationServer extends AsyncDisposable {
  origin: string
  /** What clients sent to each endpoint. */
  requests: { path: string; headers: Headers; body: Record<string, string> }[]
  /** Access tokens that are good now. */
  valid: Set<string>
  /** What a browser does: follows the login page and answers where it is sent back to. */
  logIn(page: string): Promise<URL>
}

interface Options {
  /** Whether clients may register. Default: true. */
  registers?: boolean
  /** Whether a user says no. */
  refuses?: boolean
}

/** An OAuth server as MCP wants it: metadata, registration of clients, codes with PKCE, tokens that can be refreshed. */
export function startAuthorizationServer({ registers = true, refuses = false }: Options = {}): AuthorizationServer {
  const requests: AuthorizationServer["requests"] = []
  const valid = new Set<string>()
  const clients = new Map<string, string[]>([["configured", []]])
  const codes = new Map<string, { challenge: string; client: string; redirect: string }>()
  const refreshTokens = new Set<string>()
  let count = 0

  const issue = () => {
    const [access, refresh] = [`access-${++count}`, `refresh-${count}`]
    valid.add(access)
    refreshTokens.add(refresh)
    return Response.json({ access_token: access, token_type: "Bearer", expires_in: 3600, refresh_token: refresh })
  }
  const refuse = (error: string) => Response.json({ error, error_description: `It is ${error}` }, { status: 400 })

  function register(redirects: string[]) {
    const id = `client-${++count}`
    clients.set(id, redirects)
    return Response.json(
      { client_id: id, redirect_uris: redirects, token_endpoint_auth_method: "none" },
      { status: 201 },
    )
  }

  function authorize(query: URLSearchParams) {
    const redirect = new URL(query.get("redirect_uri")!)
    const client = query.get("client_id")!
    if (!clients.has(client)) return refuse("unauthorized_client")
    redirect.searchParams.set("state", query.get("state")!)
    if (refuses) redirect.searchParams.set("error", "access_denied")
    else {
      const code = `code-${++count}`
      codes.set(code, { challenge: query.get("code_challenge")!, client, redirect: query.get("redirect_uri")! })
      redirect.searchParams.set("code", code)
    }
    return new Response(null, { status: 302, headers: { location: redirect.href } })
  }

  function exchange(body: Record<string, string>) {
    if (body.grant_type === "refresh_token")
      return refreshTokens.delete(body.refresh_token!) ? issue() : refuse("invalid_grant")
    const code = codes.get(body.code ?? "")
    const challenge = createHash("sha256")
      .update(body.code_verifier ?? "")
      .digest("base64url")
    if (!code || code.challenge !== challenge || code.redirect !== body.redirect_uri) return refuse("invalid_grant")
    codes.delete(body.code!)
    return issue()
  }

  const metadata = (origin: string) => ({
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    ...(registers && { registration_endpoint: `${origin}/register` }),
    response_types_supported: ["code"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["none", "client_secret_post"],
  })

  const listener = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname: path, searchParams, origin } = new URL(request.url)
      const body = await bodyOf(request)
      requests.push({ path, headers: request.headers, body })
      if (path === "/.well-known/oauth-authorization-server") return Response.json(metadata(origin))
      if (path === "/register" && registers) return register((body.redirect_uris as unknown as string[]) ?? [])
      if (path === "/authorize") return authorize(searchParams)
      if (path === "/token") return exchange(body)
      return new Response(null, { status: 404 })
    },
  })
  const origin = `http://127.0.0.1:${listener.port}`
  return {
    origin,
    requests,
    valid,
    async logIn(page) {
      const answer = await fetch(page, { redirect: "manual" })
      const location = answer.headers.get("location")
      if (!location) throw new Error(`The login was refused: ${await answer.text()}`)
      return new URL(location)
    },
    [Symbol.asyncDispose]: () => listener.stop(true),
  }
}

async function bodyOf(request: Request): Promise<Record<string, string>> {
  const text = await request.text()
  if (request.headers.get("content-type")?.startsWith("application/json"))
    return JSON.parse(text) as Record<string, string>
  return Object.fromEntries(new URLSearchParams(text))
}

/** Lets in who has a good token, and tells others where to get one. */
export const wantsLogin = (authorization: AuthorizationServer) => (request: Request) => {
  const { origin, pathname } = new URL(request.url)
  if (pathname === "/login-metadata")
    return Response.json({ resource: `${origin}/mcp`, authorization_servers: [authorization.origin] })
  const token = request.headers.get("authorization")?.replace(/^Bearer /, "")
  if (token && authorization.valid.has(token)) return undefined
  const challenge = `Bearer resource_metadata="${origin}/login-metadata"`
  return new Response(null, { status: 401, headers: { "www-authenticate": challenge } })
}

import type { OAuthClientProvider, OAuthDiscoveryState } from "@modelcontextprotocol/sdk/client/auth.js"
import type { App } from "../instance/app"
import type { McpRemoteConfig } from "../schema/config-mcp"
import { findMcpAuth, type McpAuth, updateMcpAuth } from "./auth-file"

export interface McpAuthProvider extends OAuthClientProvider {
  /** What the user has to do before the server lets us in, as far as it has turned out. */
  missing(): "login" | "registration" | undefined
  /** The token that was not good enough, if there was one. */
  refused(): string | undefined
  /** The page where the user logs in, once it is known. */
  loginPage(): URL | undefined
}

/**
 * Hands the SDK the stored login of a server, and stores what it obtains. A login page is never opened from here: only
 * kept, for a flow that knows its `state`. The rest of such a flow (verifier, what was discovered) lives in memory alone.
 */
export function authProvider(
  app: App,
  name: string,
  config: McpRemoteConfig,
  { redirectUrl, state }: { redirectUrl: string; state?: string },
): McpAuthProvider {
  const { url } = config
  const own = config.oauth || {}
  const stored = () => findMcpAuth(app, name, url)
  const update = (change: (auth: McpAuth) => McpAuth) => updateMcpAuth(app, name, url, change)
  let missing: ReturnType<McpAuthProvider["missing"]>
  let page: URL | undefined
  let verifier: string | undefined
  let discovered: OAuthDiscoveryState | undefined
  /** The tokens that were handed out last: only these may be found invalid. */
  let given: string | undefined

  return {
    redirectUrl,
    clientMetadata: {
      client_name: "opencode",
      redirect_uris: [redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: own.clientSecret ? "client_secret_post" : "none",
      ...(own.scope !== undefined && { scope: own.scope }),
    },
    missing: () => missing,
    refused: () => given,
    loginPage: () => page,
    ...(state !== undefined && { state: () => state }),

    async clientInformation() {
      if (own.clientId !== undefined)
        return { client_id: own.clientId, ...(own.clientSecret && { client_secret: own.clientSecret }) }
      const { clientInfo } = await stored()
      // Without a login under way nobody is sent anywhere, so it does not matter what was registered for that.
      const usable = clientInfo && isUsable(clientInfo, state === undefined ? undefined : redirectUrl, app.now())
      // From here on the SDK registers a client; when it fails, this is what is missing.
      if (!usable) missing = "registration"
      return usable ? toInformation(clientInfo) : undefined
    },
    async saveClientInformation(information) {
      missing = undefined
      // A configured client is in the configuration, and should follow changes made there.
      if (own.clientId !== undefined) return
      const { client_id, client_secret, client_id_issued_at, client_secret_expires_at, issuer } = information
      await update((auth) => ({
        ...auth,
        clientInfo: {
          clientId: client_id,
          redirectUri: redirectUrl,
          ...(client_secret !== undefined && { clientSecret: client_secret }),
          ...(client_id_issued_at !== undefined && { clientIdIssuedAt: client_id_issued_at }),
          ...(client_secret_expires_at !== undefined && { clientSecretExpiresAt: client_secret_expires_at }),
          ...(issuer !== undefined && { issuer }),
        },
      }))
    },

    async tokens() {
      const { tokens } = await stored()
      given = tokens?.accessToken
      if (!tokens) return undefined
      const { accessToken, refreshToken, expiresAt, scope, issuer } = tokens
      return {
        access_token: accessToken,
        token_type: "Bearer",
        ...(refreshToken !== undefined && { refresh_token: refreshToken }),
        ...(expiresAt !== undefined && { expires_in: Math.max(0, Math.floor(expiresAt - app.now() / 1000)) }),
        ...(scope !== undefined && { scope }),
        ...(issuer !== undefined && { issuer }),
      }
    },
    async saveTokens({ access_token, refresh_token, expires_in, scope, issuer }) {
      missing = undefined
      await update((auth) => ({
        ...auth,
        tokens: {
          accessToken: access_token,
          ...(refresh_token !== undefined && { refreshToken: refresh_token }),
          ...(expires_in !== undefined && { expiresAt: Math.floor(app.now() / 1000) + expires_in }),
          ...(scope !== undefined && { scope }),
          ...(issuer !== undefined && { issuer }),
        },
      }))
    },

    redirectToAuthorization(address) {
      missing = "login"
      page = address
    },
    saveCodeVerifier(value) {
      verifier = value
    },
    codeVerifier() {
      if (verifier === undefined) throw new Error("No login has been started")
      return verifier
    },
    saveDiscoveryState(value) {
      discovered = value
    },
    discoveryState: () => discovered,

    async invalidateCredentials(scope) {
      if (scope === "verifier" || scope === "all") verifier = undefined
      if (scope === "discovery" || scope === "all") discovered = undefined
      if (scope === "verifier" || scope === "discovery") return
      await update(({ tokens, clientInfo, ...auth }) => ({
        ...auth,
        // Another directory, or another process, may have refreshed them meanwhile.
        ...(tokens && (scope === "client" || tokens.accessToken !== given) && { tokens }),
        ...(clientInfo && scope === "tokens" && { clientInfo }),
      }))
    },
  }
}

type ClientInfo = NonNullable<McpAuth["clientInfo"]>

/** A registration holds for the address it was made with, and its secret may expire. */
function isUsable(
  { redirectUri, clientSecretExpiresAt }: ClientInfo,
  redirectUrl: string | undefined,
  now: number,
): boolean {
  if (redirectUrl !== undefined && redirectUri !== undefined && redirectUri !== redirectUrl) return false
  return !clientSecretExpiresAt || clientSecretExpiresAt * 1000 > now
}

const toInformation = ({ clientId, clientSecret, issuer }: ClientInfo) => ({
  client_id: clientId,
  ...(clientSecret !== undefined && { client_secret: clientSecret }),
  ...(issuer !== undefined && { issuer }),
})

import type { OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js"
import type { FetchLike, Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import { fillTokens } from "../auth/console/token-mark"
import type { App } from "../instance/app"
import type { McpRemoteConfig } from "../schema/config-mcp"
import { settlesWithin } from "./within"

/** Milliseconds that a server has to take note of the end of a session. */
const FAREWELL = 500

/** Talks to a server through streamable HTTP, which is what servers speak today. */
export async function httpTransport(
  app: App,
  config: McpRemoteConfig,
  authProvider?: OAuthClientProvider,
): Promise<Transport> {
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js")
  const transport = new StreamableHTTPClientTransport(serverURL(config), {
    fetch: serverFetch(app, config),
    ...(authProvider && { authProvider }),
  })
  const close = transport.close.bind(transport)
  transport.close = async () => {
    // Otherwise the server keeps the session until it tires of it.
    await settlesWithin(transport.terminateSession(), FAREWELL)
    await close()
  }
  return transport
}

/** Talks to a server through the older protocol: a stream of events, and a POST for each message. */
export async function sseTransport(
  app: App,
  config: McpRemoteConfig,
  authProvider?: OAuthClientProvider,
): Promise<Transport & { isFatal(error: Error): boolean }> {
  const { SSEClientTransport, SseError } = await import("@modelcontextprotocol/sdk/client/sse.js")
  const transport = new SSEClientTransport(serverURL(config), {
    fetch: serverFetch(app, config),
    ...(authProvider && { authProvider }),
  })
  // The stream would be opened again, but to a session that nobody has introduced himself to.
  return Object.assign(transport, { isFatal: (error: Error) => error instanceof SseError })
}

/**
 * The fetch of all requests on behalf of a server. The configured headers, which hold keys, go to the server itself only,
 * never to the authorization servers that it names.
 */
export function serverFetch(app: App, config: McpRemoteConfig): FetchLike {
  const { origin } = serverURL(config)
  return async (url, init) => {
    const headers = new Headers(init?.headers)
    headers.set("user-agent", `opencode/${app.version}`)
    if (new URL(url).origin === origin) {
      for (const [name, value] of Object.entries(config.headers ?? {})) headers.set(name, value)
      await fillTokens(app, headers)
    }
    // Bun gives a silent response up after five minutes; streams of events and long calls may be silent for longer.
    return fetch(url, { ...init, headers, timeout: false } as BunFetchRequestInit)
  }
}

function serverURL({ url }: McpRemoteConfig): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== "http:" && parsed?.protocol !== "https:")
    throw new Error(`The configured url is no http or https address: ${url}`)
  return parsed
}

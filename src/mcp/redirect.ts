import { badRequest } from "../base/error"
import type { McpRemoteConfig } from "../schema/config-mcp"

/** Port and path that the vendor's program listens on: users have registered this address with authorization servers. */
const PORT = 19876
const PATH = "/mcp/oauth/callback"

/** Where authorization servers send the user back to. */
export interface Redirect {
  url: string
  /** What to listen on for it; undefined for an address that does not lead to this machine. */
  port?: number
  path: string
  /** Whether another port will do, as nobody has configured this one. */
  anyPort: boolean
}

/** The configured address, or the usual one. Throws 400 when the configured one is no address. */
export function redirectOf({ oauth }: McpRemoteConfig): Redirect {
  const { redirectUri, callbackPort, clientId } = oauth || {}
  if (redirectUri === undefined) {
    const port = callbackPort ?? PORT
    return { ...loopback(port), anyPort: callbackPort === undefined && clientId === undefined }
  }
  if (!URL.canParse(redirectUri)) throw badRequest(`The configured redirectUri is no address: ${redirectUri}`)
  const { protocol, hostname, port, pathname } = new URL(redirectUri)
  const here = protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname)
  return { url: redirectUri, path: pathname, anyPort: false, ...(here && { port: Number(port || 80) }) }
}

/** The usual address with another port. */
export const loopback = (port: number) => ({ url: `http://127.0.0.1:${port}${PATH}`, port, path: PATH })

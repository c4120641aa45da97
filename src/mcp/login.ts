import { randomBytes } from "node:crypto"
import { badRequest, errorMessage, WireError } from "../base/error"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import type { McpRemoteConfig } from "../schema/config-mcp"
import type { MCPStatus } from "../schema/mcp"
import { startServer, stopServer } from "./attempt"
import { removeMcpAuth } from "./auth-file"
import { authProvider, type McpAuthProvider } from "./auth-provider"
import { openBrowser } from "./browser"
import { type LoginAnswer, listenForLogin } from "./login-listener"
import { redirectOf } from "./redirect"
import { serverFetch } from "./remote-transport"
import type { McpServer } from "./server"
import { getServer } from "./servers"
import { statusOf } from "./status"

/** Milliseconds that the user has to log in. */
const TIME_TO_LOG_IN = 5 * 60_000

/** A login that waits for the user, or rather for the code that the authorization server sends back with the user. */
export interface Login {
  readonly state: string
  /** How it ended. Does not reject. */
  readonly done: Promise<MCPStatus>
  /** Throws when the code is not accepted; another one may be given then. */
  take(answer: LoginAnswer): Promise<MCPStatus>
  cancel(): void
}

export interface StartedLogin {
  /** The page where the user logs in; empty when the server lets us in already. */
  authorizationUrl: string
  oauthState: string
}

/**
 * Begins a login. A code that comes back to this machine is taken by itself, others through `finishMcpLogin`. Throws 404 for an
 * unknown server, 400 for one that knows no logins, 502 when it cannot be reached.
 */
export async function startMcpLogin(instance: Instance, name: string): Promise<StartedLogin> {
  const server = await getServer(instance, name)
  const config = loginConfig(server)
  // Others may want it connected while it is being stopped.
  do await stopServer(server, server.status)
  while (server.attempt || server.connection)
  const { login, provider } = openLogin(instance, server, config)
  server.login = login
  await startServer(instance, server, provider)
  if (server.login !== login)
    throw badRequest(`Another login of the MCP server ${name} was started, or it was disconnected`)
  const { state: oauthState } = login
  if (server.status?.status === "needs_auth") return { authorizationUrl: provider.loginPage()?.href ?? "", oauthState }
  login.cancel()
  if (server.status?.status === "connected") return { authorizationUrl: "", oauthState }
  throw notStarted(name, statusOf(server))
}

/** Ends a login with the code that the authorization server gave the user. Throws 400 without a login, and for a wrong code. */
export async function finishMcpLogin(instance: Instance, name: string, code: string): Promise<MCPStatus> {
  const { login } = await getServer(instance, name)
  if (!login) throw badRequest(`No login of the MCP server ${name} is under way`)
  try {
    return await login.take({ code })
  } catch (error) {
    throw badRequest(`The MCP server ${name} did not accept the code: ${errorMessage(error)}`)
  }
}

/** Begins a login, shows the page in the user's browser and waits for the end. Throws what `startMcpLogin` does. */
export async function authenticateMcp(instance: Instance, name: string): Promise<MCPStatus> {
  const { authorizationUrl: url } = await startMcpLogin(instance, name)
  const server = await getServer(instance, name)
  if (!url || !server.login) return statusOf(server)
  const { done } = server.login
  try {
    await openBrowser(instance.app, new URL(url))
  } catch (error) {
    instance.app.log.info("No browser could be opened for a login", { server: name, reason: errorMessage(error) })
    publish(instance, "mcp.browser.open.failed", { mcpName: name, url })
  }
  return done
}

/** Forgets the login of a server; that there is none is no error. Throws 404 for an unknown server. */
export async function removeMcpLogin(instance: Instance, name: string): Promise<void> {
  const { login } = await getServer(instance, name)
  login?.cancel()
  await removeMcpAuth(instance.app, name)
}

function loginConfig({ name, config }: McpServer): McpRemoteConfig {
  if (config.type === "remote" && config.oauth !== false) return config
  throw unsupported(`MCP server ${name} does not support OAuth`)
}

const unsupported = (error: string) => new WireError(400, { error }, error)

function notStarted(name: string, status: MCPStatus) {
  const reason = "error" in status ? status.error : status.status
  const message = `No login of the MCP server ${name} can be started: ${reason}`
  if (status.status === "needs_client_registration") return unsupported(message)
  return new WireError(502, { name: "UnknownError", data: { message } }, message)
}

function openLogin(
  instance: Instance,
  server: McpServer,
  config: McpRemoteConfig,
): { login: Login; provider: McpAuthProvider } {
  const { app } = instance
  const state = randomBytes(24).toString("base64url")
  const { promise: done, resolve } = Promise.withResolvers<MCPStatus>()
  const end = (status: MCPStatus) => {
    clearTimeout(timer)
    listener.stop()
    if (server.login === login) delete server.login
    resolve(status)
    return status
  }
  const fail = (error: string) => void end({ status: "failed", error })

  const login: Login = {
    state,
    done,
    async take(answer) {
      if ("refused" in answer) {
        const reason = `The login was refused: ${answer.refused}`
        fail(reason)
        throw new Error(reason)
      }
      const { auth } = await import("@modelcontextprotocol/sdk/client/auth.js")
      await auth(provider, {
        serverUrl: config.url,
        authorizationCode: answer.code,
        fetchFn: serverFetch(app, config),
      })
      await startServer(instance, server)
      return end(statusOf(server))
    },
    cancel: () => fail("The login was given up"),
  }
  const listener = listenForLogin(redirectOf(config), state, async (answer) => {
    const status = await login.take(answer)
    if (status.status === "connected") return `You are logged in to ${server.name}. This page can be closed.`
    return `You are logged in to ${server.name}, but it cannot be connected. This page can be closed.`
  })
  const provider = authProvider(app, server.name, config, { redirectUrl: listener.redirectUrl, state })
  const timer = setTimeout(() => fail(`Nobody logged in within ${TIME_TO_LOG_IN / 60_000} minutes`), TIME_TO_LOG_IN)
  return { login, provider }
}

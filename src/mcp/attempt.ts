import { errorMessage } from "../base/error"
import { getConfig } from "../config/config"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import type { MCPStatus } from "../schema/mcp"
import { authProvider, type McpAuthProvider } from "./auth-provider"
import { type Connection, openConnection } from "./connection"
import { redirectOf } from "./redirect"
import type { Attempt, McpServer } from "./server"

/** Milliseconds in which a server has to answer unless its configuration says otherwise. */
const TIMEOUT = 30_000
const MAX_REASON = 2500
/** A server that was lost and now takes so many milliseconds to fail would hold up one run after the other. */
const TOO_SLOW = 5_000

/**
 * Connects to a server unless it is connected or that is under way, and waits for the outcome, which is its status. Never
 * rejects. `auth` is that of a login that is being made.
 */
export function startServer(instance: Instance, server: McpServer, auth?: McpAuthProvider): Promise<void> {
  if (server.connection) return Promise.resolve()
  if (server.attempt) return server.attempt.promise
  const abort = new AbortController()
  server.attemptedAt = performance.now()
  const attempt: Attempt = {
    abort,
    missed: false,
    // Begins when the attempt is in its place, which it looks at in the end.
    promise: Promise.resolve().then(() => connect(instance, server, attempt, auth)),
  }
  server.attempt = attempt
  return attempt.promise
}

async function connect(instance: Instance, server: McpServer, attempt: Attempt, given?: McpAuthProvider) {
  const { app } = instance
  const { name, config } = server
  const change = () => publish(instance, "mcp.tools.changed", { server: name })
  let auth = given
  let outcome: MCPStatus
  try {
    if (config.type === "remote" && config.oauth !== false)
      auth ??= authProvider(app, name, config, { redirectUrl: redirectOf(config).url })
    const connection = await openConnection(instance, {
      name,
      config,
      auth,
      timeout: await timeoutOf(instance, server),
      signal: AbortSignal.any([attempt.abort.signal, instance.signal]),
      onTools(tools) {
        server.tools = tools
        change()
      },
      onPrompts: () => delete server.prompts,
      onLost: (reason) => lose(instance, server, connection, { status: "failed", error: reason }),
    })
    if (server.attempt !== attempt) return await connection.close()
    server.connection = connection
    server.lost = false
    server.tools = connection.tools
    server.instructions = connection.instructions
    server.offers = connection.offers
    server.usedAt = app.now()
    delete server.prompts
    outcome = { status: "connected" }
  } catch (error) {
    server.refused = auth?.refused()
    if (performance.now() - server.attemptedAt > TOO_SLOW) server.lost = false
    outcome = failure(error, auth)
  }
  if (server.attempt !== attempt) return
  delete server.attempt
  server.status = outcome
  logFailure(instance, "An MCP server could not be connected", server)
  if (attempt.missed && outcome.status === "connected") change()
}

function failure(error: unknown, auth: McpAuthProvider | undefined): MCPStatus {
  const missing = auth?.missing()
  if (missing === "login") return { status: "needs_auth" }
  // Some servers answer with a whole page.
  const reason = errorMessage(error).slice(0, MAX_REASON)
  return { status: missing ? "needs_client_registration" : "failed", error: reason }
}

/** Only the first line goes to the log: what a program wrote before it failed may hold keys. */
function logFailure({ app }: Instance, message: string, { name, status }: McpServer): void {
  if (status && "error" in status) app.log.warn(message, { server: name, reason: status.error.split("\n")[0] })
}

/** Milliseconds that the configuration gives a request to this server, or that are usual. */
export async function timeoutOf(instance: Instance, { config }: McpServer, usual = TIMEOUT): Promise<number> {
  return config.timeout ?? (await getConfig(instance)).experimental?.mcp_timeout ?? usual
}

/** A connection that is of no use any more: its tools are gone until the server is connected again. */
export function lose(instance: Instance, server: McpServer, connection: Connection, status: MCPStatus): void {
  if (server.connection !== connection) return
  delete server.connection
  server.status = status
  server.lost = true
  void connection.close()
  logFailure(instance, "The connection to an MCP server was lost", server)
  publish(instance, "mcp.tools.changed", { server: server.name })
}

/** Ends the connection, or the attempt to make one, and a login that is under way. */
export async function stopServer(server: McpServer, status?: MCPStatus): Promise<void> {
  const { attempt, connection, login } = server
  delete server.attempt
  delete server.connection
  server.status = status
  server.lost = false
  login?.cancel()
  attempt?.abort.abort(new Error("The server is being disconnected"))
  await Promise.all([attempt?.promise, connection?.close()])
}

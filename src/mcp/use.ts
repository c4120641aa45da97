import { untilAborted } from "../base/abort"
import { errorMessage } from "../base/error"
import type { Instance } from "../instance/instance"
import { lose, startServer } from "./attempt"
import type { Connection } from "./connection"
import type { McpServer } from "./server"
import { listServers, mayRetry } from "./servers"

/**
 * Does something with a server, which is connected for it if it is not yet, was idle or was lost. Throws when it cannot
 * be connected, and what the task throws.
 */
export async function useServer<T>(
  instance: Instance,
  name: string,
  signal: AbortSignal,
  task: (connection: Connection, server: McpServer) => Promise<T>,
): Promise<T> {
  const server = (await listServers(instance)).find((each) => each.name === name)
  if (!server) throw new Error(`There is no MCP server ${JSON.stringify(name)}`)
  server.uses++
  try {
    const connection = await connected(instance, server, signal)
    try {
      return await task(connection, server)
    } catch (error) {
      if (!(await isForgotten(error))) throw learnt(instance, server, connection, error)
      // The server has not looked at the request, so it can be sent again.
      if (server.connection === connection) delete server.connection
      await connection.close()
      return await task(await connected(instance, server, signal), server)
    }
  } finally {
    server.uses--
    server.usedAt = instance.app.now()
  }
}

async function connected(instance: Instance, server: McpServer, signal: AbortSignal): Promise<Connection> {
  const idle = server.status?.status === "connected"
  if (!server.connection && (idle || server.status === undefined || server.attempt || mayRetry(server)))
    await untilAborted(startServer(instance, server), signal)
  if (server.connection) return server.connection
  const { status } = server
  const reason = status && "error" in status ? status.error : (status?.status ?? "disabled")
  throw new Error(`The MCP server ${JSON.stringify(server.name)} is not connected: ${reason}`)
}

/** Takes note of what a failure says about the connection, and answers the error to throw. */
function learnt(instance: Instance, server: McpServer, connection: Connection, error: unknown): unknown {
  if (connection.auth?.missing() === "login") {
    server.refused = connection.auth.refused()
    lose(instance, server, connection, { status: "needs_auth" })
    return new Error(`The MCP server ${JSON.stringify(server.name)} wants a new login`, { cause: error })
  }
  // The codes of protocol errors are numbers, those of the network are names.
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    lose(instance, server, connection, { status: "failed", error: errorMessage(error) })
  return error
}

/** Whether a remote server no longer knows the session: it was restarted, or has tired of waiting. */
async function isForgotten(error: unknown): Promise<boolean> {
  const { StreamableHTTPError } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js")
  return error instanceof StreamableHTTPError && error.code === 404
}

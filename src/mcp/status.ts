import type { Instance } from "../instance/instance"
import type { MCPStatus } from "../schema/mcp"
import { startServer, stopServer } from "./attempt"
import type { McpConfig } from "./connection"
import type { McpServer } from "./server"
import { addServer, connectedServers, getServer, listServers } from "./servers"

/** How it stands with each server, by name. Starts those that are enabled; one that is slow to answer counts as failed meanwhile. */
export async function mcpStatus(instance: Instance): Promise<Record<string, MCPStatus>> {
  await connectedServers(instance, "list")
  return Object.fromEntries((await listServers(instance)).map((server) => [server.name, statusOf(server)]))
}

/** Adds a server until the instance is disposed, in place of one of the same name, and connects it. Answers the status of all. */
export async function addMcpServer(
  instance: Instance,
  name: string,
  config: McpConfig,
): Promise<Record<string, MCPStatus>> {
  const server = await addServer(instance, name, config)
  if (config.enabled !== false) await startServer(instance, server)
  return mcpStatus(instance)
}

/** Connects a server, also one that is disabled. How it went is its status. Throws 404 for an unknown one. */
export async function connectMcpServer(instance: Instance, name: string): Promise<void> {
  await startServer(instance, await getServer(instance, name))
}

/** Disconnects a server until it is connected again by hand. Throws 404 for an unknown one. */
export async function disconnectMcpServer(instance: Instance, name: string): Promise<void> {
  await stopServer(await getServer(instance, name), { status: "disabled" })
}

/** The status as clients see it. */
export const statusOf = ({ status }: McpServer): MCPStatus => status ?? { status: "failed", error: "Still connecting" }

import type { McpServer } from "../mcp/server"
import { listServers } from "../mcp/servers"
import { mcpStatus } from "../mcp/status"
import type { MCPStatus } from "../schema/mcp"
import { withoutSessions } from "./app"
import { command, logFlags } from "./command"
import { note, oneLine, printTable } from "./terminal"

const about =
  "Lists the MCP servers of the configuration and whether they can be reached. Starts those that are enabled."

/** `opencode mcp list`. */
export const mcpListCommand = command({ about, flags: logFlags }, (values) =>
  withoutSessions(values, async (instance) => {
    const statuses = await mcpStatus(instance)
    const servers = await listServers(instance)
    if (servers.length === 0) return note("No MCP servers are configured. To add one: opencode mcp add")
    const rows = servers.map((server) => [
      oneLine(server.name, 40),
      stateText(statuses[server.name]),
      oneLine(place(server), 80),
    ])
    printTable([["Server", "State", "Where"], ...rows])
  }),
)

const place = ({ config }: McpServer) => (config.type === "local" ? config.command.join(" ") : config.url)

function stateText(status: MCPStatus | undefined): string {
  if (!status) return "unknown"
  return "error" in status ? oneLine(`${status.status}: ${status.error}`, 80) : status.status
}

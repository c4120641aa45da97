import type { Instance } from "../instance/instance"
import type { Agent } from "../schema/agent"
import type { Model } from "../schema/provider"
import { listCustomTools } from "./custom"
import { listServerTools } from "./mcp"
import { listToolIDs, listTools, type OfferedTool } from "./registry"

interface For {
  model: Pick<Model, "providerID" | "id">
  agents: Agent[]
}

/** All tools for one model. Permissions are not looked at. Of two with the same id the server's own or custom one counts. */
export async function offeredTools(instance: Instance, wanted: For): Promise<OfferedTool[]> {
  const [own, servers] = await Promise.all([ownTools(instance, wanted), listServerTools(instance)])
  return [...own, ...without(servers, own)]
}

/** The tools that are built in, and custom ones; a custom tool may stand in for one that is built in. */
export async function ownTools(instance: Instance, wanted: For): Promise<OfferedTool[]> {
  const [builtIn, custom] = await Promise.all([listTools(instance, wanted), listCustomTools(instance)])
  return [...without(builtIn, custom), ...custom]
}

/** The ids of the tools that are built in, and of custom ones. */
export async function ownToolIDs(instance: Instance): Promise<string[]> {
  const custom = await listCustomTools(instance)
  return [...new Set([...listToolIDs(), ...custom.map(({ tool }) => tool.id)])]
}

function without(tools: OfferedTool[], others: OfferedTool[]): OfferedTool[] {
  const taken = new Set(others.map(({ tool }) => tool.id))
  return tools.filter(({ tool }) => !taken.has(tool.id))
}

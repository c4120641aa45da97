import type { Config } from "../schema/config"
import { AgentConfig } from "../schema/config-agent"
import type { PermissionConfig } from "../schema/config-permission"
import { isPlainObject } from "./merge"

const EDITS = new Set(["write", "edit", "patch", "apply_patch", "multiedit"])
/** The name of an agent from a Markdown file travels with it. */
const AGENT_KEYS = new Set(["name", ...Object.keys(AgentConfig.properties)])

/**
 * One configuration file in today's words: `tools` becomes permission rules, `mode` agents, `autoshare` share. Agents get
 * their `options` and `permission`, as clients see them.
 */
export function normalizeConfig(config: Config): Config {
  const { autoshare, ...rest } = config
  const modes = Object.entries(config.mode ?? {}).map(([name, mode]) => [name, { mode: "primary", ...mode }] as const)
  const agents = [...modes, ...Object.entries(config.agent ?? {})].map(([name, agent]) => [name, normalizeAgent(agent)])
  const permission = withTools(config.tools, config.permission)
  return {
    ...rest,
    ...(autoshare && !config.share && { share: "auto" as const }),
    ...(agents.length > 0 && { agent: Object.fromEntries(agents) }),
    ...(permission !== undefined && { permission }),
  }
}

/** One agent in today's words. Keys that the configuration does not know are options for the model's provider. */
export function normalizeAgent(agent: AgentConfig): AgentConfig {
  const { maxSteps, ...known } = agent
  const steps = agent.steps ?? maxSteps
  const entries = Object.entries(known)
  const own = Object.fromEntries(entries.filter(([key]) => AGENT_KEYS.has(key)))
  const further = Object.fromEntries(entries.filter(([key]) => !AGENT_KEYS.has(key)))
  return {
    ...own,
    options: { ...further, ...agent.options },
    permission: withTools(agent.tools, agent.permission) ?? {},
    ...(steps !== undefined && { steps }),
  }
}

function withTools(tools: Config["tools"], permission: PermissionConfig | undefined): PermissionConfig | undefined {
  if (!tools) return permission
  const rules = Object.entries(tools).map(([tool, on]) => [EDITS.has(tool) ? "edit" : tool, on ? "allow" : "deny"])
  const own = isPlainObject(permission) ? permission : {}
  const general = typeof permission === "string" ? { "*": permission } : {}
  return { ...general, ...Object.fromEntries(rules), ...own }
}

import { badRequest, notFound } from "../base/error"
import { configState, getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import { rulesFromConfig } from "../permission/evaluate"
import type { Agent } from "../schema/agent"
import type { AgentConfig } from "../schema/config-agent"
import type { PermissionRule } from "../schema/permission"
import { listSkills, skillDirectory } from "../skill/skill"
import { builtInAgents } from "./built-in"
import { baseRules, toolOutputRule } from "./rules"

/** The agents of a directory: the default one first, the others by name. Hidden ones are in the list too. */
export const listAgents = configState(async (instance, config): Promise<Agent[]> => {
  const skillFolders = (await listSkills(instance)).flatMap((skill) => skillDirectory(skill) ?? [])
  const rules = { base: baseRules(instance, skillFolders), user: rulesFromConfig(config.permission ?? {}) }
  const agents = new Map<string, Agent>()
  for (const agent of builtInAgents(instance, skillFolders))
    agents.set(agent.name, { ...agent, permission: [...rules.base, ...agent.permission, ...rules.user] })
  for (const [name, own] of Object.entries(config.agent ?? {})) {
    const known = agents.get(name) ?? {
      name,
      mode: "all",
      native: false,
      options: {},
      permission: [...rules.base, ...rules.user],
    }
    if (own.disable) agents.delete(name)
    else agents.set(name, configured(known, own))
  }
  const first = config.default_agent ?? "build"
  return [...agents.values()]
    .map((agent) => ({ ...agent, permission: withToolOutput(instance, agent.permission) }))
    .sort((a, b) => Number(b.name === first) - Number(a.name === first) || compare(a.name, b.name))
})

/** The agent of that name. */
export const findAgent = async (instance: Instance, name: string): Promise<Agent | undefined> =>
  (await listAgents(instance)).find((agent) => agent.name === name)

/** The agent of that name. Throws 404 with the names there are. */
export async function getAgent(instance: Instance, name: string): Promise<Agent> {
  const agent = await findAgent(instance, name)
  if (agent) return agent
  const names = (await listAgents(instance)).filter(({ hidden }) => !hidden).map((each) => each.name)
  throw notFound(`Agent not found: ${JSON.stringify(name)}. Available agents: ${names.sort(compare).join(", ")}`)
}

/**
 * The agent for a prompt that names none: the configured `default_agent`, else build, else the first that a user may talk
 * to. Throws 400 when the configured one cannot be it.
 */
export async function defaultAgent(instance: Instance): Promise<Agent> {
  const agents = await listAgents(instance)
  const name = (await getConfig(instance)).default_agent
  if (name !== undefined) {
    const agent = agents.find((each) => each.name === name)
    const reason = !agent
      ? "there is no such agent"
      : agent.mode === "subagent"
        ? "it is a subagent"
        : agent.hidden && "it is hidden"
    if (agent && !reason) return agent
    throw badRequest(`The default_agent ${JSON.stringify(name)} cannot be used: ${reason}`)
  }
  const usable = agents.filter((agent) => agent.mode !== "subagent" && !agent.hidden)
  const agent = usable.find((each) => each.name === "build") ?? usable[0]
  if (!agent) throw badRequest("There is no agent to talk to: all primary agents are disabled")
  return agent
}

function configured(agent: Agent, own: AgentConfig): Agent {
  return {
    ...agent,
    ...(own.model !== undefined && { model: modelOf(own.model) }),
    ...given("variant", own.variant),
    ...given("prompt", own.prompt),
    ...given("description", own.description),
    ...given("temperature", own.temperature),
    ...given("topP", own.top_p),
    ...given("mode", own.mode),
    ...given("color", own.color),
    ...given("hidden", own.hidden),
    ...given("steps", own.steps),
    options: { ...agent.options, ...own.options },
    permission: [...agent.permission, ...rulesFromConfig(own.permission ?? {})],
  }
}

const given = <K extends keyof Agent>(key: K, value: Agent[K] | undefined) =>
  value === undefined ? {} : { [key]: value }

function modelOf(reference: string): { providerID: string; modelID: string } {
  const [providerID = "", ...rest] = reference.split("/")
  return { providerID, modelID: rest.join("/") }
}

/** Saved tool output stays readable whatever was configured, unless exactly that is denied: the model is told to read it. */
function withToolOutput(instance: Instance, rules: PermissionRule[]): PermissionRule[] {
  const own = toolOutputRule(instance)
  const isDenied = rules.some(
    (rule) => rule.permission === own.permission && rule.pattern === own.pattern && rule.action === "deny",
  )
  return isDenied ? rules : [...rules, own]
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

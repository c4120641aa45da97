import type { Instance } from "../instance/instance"
import { listMcpInstructions } from "../mcp/tools"
import { disabledTools, evaluate } from "../permission/evaluate"
import type { Agent } from "../schema/agent"
import type { UserMessage } from "../schema/message"
import type { Model } from "../schema/provider"
import { listSkills } from "../skill/skill"
import { instructions } from "./instructions"
import base from "./prompt/base.txt" with { type: "text" }
import subagent from "./prompt/subagent.txt" with { type: "text" }

/**
 * The system prompt of a step: the agent's own prompt or the general one, the surroundings, the instruction files, what
 * MCP servers say of themselves, the skills, then what the message brought along (`system`), and for structured output how the answer has to be given.
 */
export async function systemPrompt(
  instance: Instance,
  {
    agent,
    model,
    system,
    format,
  }: {
    agent: Agent
    model: Pick<Model, "providerID" | "id" | "name">
    system?: string
    format?: UserMessage["format"]
  },
): Promise<string> {
  const [files, servers, skills] = await Promise.all([
    instructions(instance),
    serverInstructions(instance, agent),
    skillList(instance, agent),
  ])
  const own = agent.prompt?.trim() || (agent.mode === "subagent" ? `${base}\n${subagent}` : base)
  const parts = [own, environment(instance, model), ...files, servers, skills, system]
  if (format?.type === "json_schema") parts.push(STRUCTURED)
  return parts.flatMap((part) => part?.trim() || []).join("\n\n")
}

const STRUCTURED =
  "The answer is read by a program. When you are done, give it by calling the StructuredOutput tool exactly once, with arguments that fit its schema. Text outside of that call is thrown away."

function environment(instance: Instance, model: Pick<Model, "providerID" | "id" | "name">): string {
  const { app, directory, worktree, project } = instance
  return [
    `Model: ${model.name} (${model.providerID}/${model.id})`,
    "<env>",
    `  Working directory: ${directory}`,
    `  Workspace root: ${worktree}`,
    `  Git repository: ${project.vcs === "git" ? "yes" : "no"}`,
    `  Platform: ${process.platform}`,
    `  Today's date: ${new Date(app.now()).toDateString()}`,
    "</env>",
  ].join("\n")
}

const MAX_SERVER_TEXT = 8000

/** Only of servers that the agent may use. They are other people's words: they must not end the element that they stand in. */
async function serverInstructions(instance: Instance, agent: Agent): Promise<string | undefined> {
  const servers = (await listMcpInstructions(instance)).filter(({ toolIDs }) => {
    const disabled = disabledTools(toolIDs, agent.permission)
    return toolIDs.length === 0 || toolIDs.some((id) => !disabled.has(id))
  })
  if (servers.length === 0) return undefined
  return [
    "MCP servers give you some of your tools. This is what they say about how to use them:",
    ...servers.map(
      ({ server, instructions }) =>
        `<mcp_server name="${escaped(server).replaceAll('"', "&quot;")}">\n${escaped(instructions.slice(0, MAX_SERVER_TEXT))}\n</mcp_server>`,
    ),
  ].join("\n")
}

async function skillList(instance: Instance, agent: Agent): Promise<string | undefined> {
  if (evaluate("skill", "*", agent.permission).action === "deny") return undefined
  const skills = (await listSkills(instance))
    .filter(({ name, description }) => description && evaluate("skill", name, agent.permission).action !== "deny")
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  if (skills.length === 0) return undefined
  return [
    "There are skills: instructions for special tasks. When one fits the task at hand, load it with the skill tool before you begin.",
    "<available_skills>",
    ...skills.flatMap(({ name, description = "", location }) => [
      "  <skill>",
      `    <name>${escaped(name)}</name>`,
      `    <description>${escaped(description)}</description>`,
      `    <location>${escaped(location)}</location>`,
      "  </skill>",
    ]),
    "</available_skills>",
  ].join("\n")
}

/** A skill's texts come from files of the project: they must not end the element that they stand in. */
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

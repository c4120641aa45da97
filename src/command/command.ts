import { notFound } from "../base/error"
import { configState } from "../config/config"
import type { Instance } from "../instance/instance"
import { listMcpPrompts, type OfferedPrompt } from "../mcp/prompts"
import type { Command } from "../schema/command"
import type { Skill } from "../schema/skill"
import { listSkills } from "../skill/skill"
import { placeholders } from "./arguments"
import init from "./prompt/init.txt" with { type: "text" }
import review from "./prompt/review.txt" with { type: "text" }

/**
 * The slash commands of a directory: the built-in ones, those of configuration and Markdown files, the prompts of MCP
 * servers, then the skills. Of two with the same name the first counts, but a configured one replaces a built-in one.
 */
export async function listCommands(instance: Instance): Promise<Command[]> {
  const [configured, prompts, skills] = await Promise.all([
    configuredCommands(instance),
    listMcpPrompts(instance),
    listSkills(instance),
  ])
  const commands = new Map(configured.map((command) => [command.name, command]))
  for (const command of [...prompts.map(promptCommand), ...skills.map(skillCommand)])
    if (!commands.has(command.name)) commands.set(command.name, command)
  return [...commands.values()]
}

/** The command of that name. Throws 404 with the names there are. */
export async function getCommand(instance: Instance, name: string): Promise<Command> {
  const commands = await listCommands(instance)
  const command = commands.find((each) => each.name === name)
  if (command) return command
  const names = commands.map((each) => each.name)
  throw notFound(`Command not found: ${JSON.stringify(name)}. Available commands: ${names.join(", ")}`)
}

const configuredCommands = configState(async (_, config): Promise<Command[]> => {
  const commands = new Map<string, Command>()
  const add = (command: Omit<Command, "hints"> & { template: string }) =>
    commands.set(command.name, { ...command, hints: placeholders(command.template) })
  add({ name: "init", description: "write an AGENTS.md for this project", source: "command", template: init.trim() })
  add({
    name: "review",
    description: "review what has changed: a commit, a branch, a pull request, or what is not committed yet",
    source: "command",
    template: review.trim(),
    subtask: true,
  })
  for (const [name, { agent, model, description, template, subtask }] of Object.entries(config.command ?? {}))
    add({
      name,
      source: "command",
      template,
      ...(description !== undefined && { description }),
      ...(agent !== undefined && { agent }),
      ...(model !== undefined && { model }),
      ...(subtask !== undefined && { subtask }),
    })
  return [...commands.values()]
})

function promptCommand({ command, prompt }: OfferedPrompt): Command {
  const description = prompt.description ?? prompt.title
  return {
    name: command,
    source: "mcp",
    template: {},
    hints: (prompt.arguments ?? []).map((_, at) => `$${at + 1}`),
    ...(description !== undefined && { description }),
  }
}

const skillCommand = ({ name, description, content }: Skill): Command => ({
  name,
  source: "skill",
  template: content,
  hints: [],
  ...(description !== undefined && { description }),
})

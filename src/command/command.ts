import { notFound } from "../base/error"
import { configState } from "../config/config"
import type { Instance } from "../instance/instance"
import type { Command } from "../schema/command"
import { listSkills } from "../skill/skill"
import { placeholders } from "./arguments"
import init from "./prompt/init.txt" with { type: "text" }
import review from "./prompt/review.txt" with { type: "text" }

/** The slash commands of a directory: the built-in ones, those of configuration and Markdown files, then the skills. */
export const listCommands = configState(async (instance, config): Promise<Command[]> => {
  const commands = new Map<string, Command>()
  const add = (command: Omit<Command, "hints">) => {
    const hints = command.source === "skill" ? [] : placeholders(command.template)
    commands.set(command.name, { ...command, hints })
  }
  add({ name: "init", description: "guided AGENTS.md setup", source: "command", template: init.trim() })
  add({
    name: "review",
    description: "review changes [commit|branch|pr], defaults to uncommitted",
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
  for (const { name, description, content } of await listSkills(instance))
    if (!commands.has(name))
      add({ name, source: "skill", template: content, ...(description !== undefined && { description }) })
  return [...commands.values()]
})

/** The command of that name. Throws 404 with the names there are. */
export async function getCommand(instance: Instance, name: string): Promise<Command> {
  const commands = await listCommands(instance)
  const command = commands.find((each) => each.name === name)
  if (command) return command
  const names = commands.map((each) => each.name)
  throw notFound(`Command not found: ${JSON.stringify(name)}. Available commands: ${names.join(", ")}`)
}

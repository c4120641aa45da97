import type { CommandV2Info } from "../../schema/api-command"
import type { Command } from "../../schema/command"

/** The commands as `/api` shows them: those of the server and of the configuration; skills and prompts of MCP servers have lists of their own. */
export const commandInfos = (commands: Command[]): CommandV2Info[] =>
  commands.flatMap((command) =>
    command.source === "command" && typeof command.template === "string"
      ? [commandInfo(command, command.template)]
      : [],
  )

function commandInfo({ name, description, agent, model, subtask }: Command, template: string): CommandV2Info {
  return {
    name,
    template,
    ...(description !== undefined && { description }),
    ...(agent !== undefined && { agent }),
    ...(model !== undefined && { model: modelRef(model) }),
    ...(subtask !== undefined && { subtask }),
  }
}

/** As it is written; whether there is such a model, the one who runs the command is told. */
function modelRef(text: string) {
  const [providerID = "", ...rest] = text.split("/")
  return { id: rest.join("/"), providerID }
}

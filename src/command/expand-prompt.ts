import { badRequest, errorMessage } from "../base/error"
import type { Instance } from "../instance/instance"
import { getMcpPrompt, listMcpPrompts } from "../mcp/prompts"
import type { Command } from "../schema/command"
import { splitArguments } from "./arguments"
import type { ExpandedCommand } from "./expand"
import { findMentions } from "./mentions"

/**
 * What a prompt of an MCP server says with these arguments. The server's text is taken as it is: only what the user typed
 * may mention files and agents, and no shell command is run. Throws 400 when the server does not give the prompt.
 */
export async function expandPrompt(
  instance: Instance,
  { name, hints }: Pick<Command, "name" | "hints">,
  text: string,
  agents: string[],
): Promise<ExpandedCommand> {
  const { words } = splitArguments(hints.join(" "), text)
  try {
    const offered = (await listMcpPrompts(instance)).find(({ command }) => command === name)
    if (!offered) throw new Error("it is no longer on offer")
    const { texts, files } = await getMcpPrompt(instance, offered, words)
    const { fileParts, agentParts } = await findMentions(instance, text, agents)
    const sent = files.map((file) => ({ type: "file" as const, ...file }))
    return { text: texts.join("\n\n").trim(), fileParts: [...sent, ...fileParts], agentParts }
  } catch (error) {
    throw badRequest(`The prompt ${name} cannot be had: ${errorMessage(error)}`, "Payload")
  }
}

import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import { childEnvironment } from "../process/child-environment"
import { findShell } from "../process/shell"
import type { Command } from "../schema/command"
import type { AgentPartInput, FilePartInput } from "../schema/part-input"
import { type Arguments, fillArguments, splitArguments } from "./arguments"
import { findMentions } from "./mentions"

const SHELL = /!`([^`]+)`/g
/** Milliseconds and bytes that one shell command of a template may take. */
const TIMEOUT = 120_000
const MAX_OUTPUT = 256 * 1024

export interface ExpandedCommand {
  text: string
  /** The files and directories that the text mentions with `@`. */
  fileParts: FilePartInput[]
  agentParts: AgentPartInput[]
}

/**
 * The prompt that a command with these arguments stands for. Each !`command` of the template is run in the user's shell, in
 * the instance's directory, and replaced by what it prints, also when it fails. Only the template's own are run; in them
 * `$1` and `$ARGUMENTS` are variables of the shell, so that no argument can become a command. A template without placeholders gets the arguments at its end. A skill is
 * no template: its text stays as it is. `agents` are the names that a mention may call.
 */
export async function expandCommand(
  instance: Instance,
  command: Pick<Command, "hints" | "source"> & { template: string },
  text: string,
  { agents = [], signal = instance.signal }: { agents?: string[]; signal?: AbortSignal } = {},
): Promise<ExpandedCommand> {
  const { template } = command
  if (command.source === "skill")
    return { text: withRest(template, text).trim(), ...(await findMentions(instance, text, agents)) }
  const given = splitArguments(template, text)
  // Splitting at a group puts the commands at the odd places.
  const pieces = await Promise.all(
    template
      .split(SHELL)
      .map((piece, at) => (at % 2 ? runShell(instance, piece, given, signal) : fillArguments(piece, given))),
  )
  const filled = pieces.join("")
  const expanded = (command.hints.length === 0 ? withRest(filled, text) : filled).trim()
  return { text: expanded, ...(await findMentions(instance, expanded, agents)) }
}

const withRest = (text: string, rest: string) => (rest.trim() ? `${text}\n\n${rest}` : text)

async function runShell(instance: Instance, script: string, given: Arguments, signal: AbortSignal): Promise<string> {
  const { app, directory } = instance
  const shell = findShell(app.env, (await getConfig(instance)).shell)
  const result = await app.processes.run({
    command: [shell, "-c", script, shell, ...given.words],
    cwd: directory,
    env: { ...childEnvironment(app.env), ARGUMENTS: given.text },
    signal,
    timeout: TIMEOUT,
    maxOutput: MAX_OUTPUT,
  })
  signal.throwIfAborted()
  return new TextDecoder().decode(result.stdout)
}

import { version } from "../../package.json"
import { errorMessage } from "../base/error"
import { CUSTOM_TOOLS } from "../tool/custom-command"
import { commonFlags } from "./command"
import { CommandError } from "./command-error"
import { commands, findCommand, type Group, isGroup } from "./commands"
import { describeFlags, describeRows } from "./flags"

/** Runs what the arguments ask for. What goes wrong is told in one message and ends the process with status 1. */
export async function runCommandLine(args: string[]): Promise<void> {
  outliveReaders()
  try {
    await run(args)
  } catch (error) {
    process.stderr.write(`Error: ${errorMessage(error)}\n`)
    process.exit(1)
  }
}

/**
 * Whoever reads the output may leave early, as `head` does: what was begun is still done. An answer that could not be written
 * for another reason, as a full disk, is a failure.
 */
function outliveReaders(): void {
  process.stderr.on("error", () => undefined)
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || process.exitCode) return
    process.stderr.write(`Error: The output cannot be written: ${errorMessage(error)}\n`)
    process.exitCode = 1
  })
}

async function run(args: string[]): Promise<void> {
  const [name = "", ...rest] = args
  // Only the server starts it so, with a channel for messages.
  if (name === CUSTOM_TOOLS && process.send) return (await import("../tool/custom-worker")).serveCustomTools()
  if (name === "--version" || name === "-v") return print(version)
  if (isHelp(name) || (name === "help" && rest.length === 0)) return print(overview())
  if (name === "") throw new CommandError(`A command is missing; there is no terminal client in this program.\n${TRY}`)
  if (name.startsWith("-")) throw new CommandError(`A command is expected before ${name}.\n${TRY}`)
  await runIn(commands, "", args)
}

async function runIn(group: Group, path: string, [name = "", ...args]: string[]): Promise<void> {
  const called = `${path}${name}`
  const entry = findCommand(group, name)
  if (!entry) throw new CommandError(`There is no command ${JSON.stringify(called)}.\n${TRY}`)
  if (!isGroup(entry)) return (await entry.load()).run(called, args)
  const [first = ""] = args
  if (isHelp(first)) return print(groupHelp(called, entry.about, entry.commands))
  if (first === "" || first.startsWith("-"))
    throw new CommandError(`opencode ${called} needs one of: ${Object.keys(entry.commands).join(", ")}`)
  await runIn(entry.commands, `${called} `, args)
}

const TRY = "To start the server: opencode serve. For all commands: opencode --help."

const isHelp = (word: string) => word === "--help" || word === "-h"

const overview = () => `opencode ${version}: a server for opencode clients, and commands that use it

Usage: opencode COMMAND [FLAGS]

Commands:
${describeGroup(commands)}

Flags:
${describeFlags(commonFlags)}

\`opencode COMMAND --help\` tells the flags of a command.`

const groupHelp = (name: string, about: string, group: Group) => `Commands that ${about}.

Usage: opencode ${name} COMMAND [FLAGS]

Commands:
${describeGroup(group)}`

const describeGroup = (group: Group) =>
  describeRows(
    Object.entries(group).map(([name, entry]) => {
      const inside = isGroup(entry) ? ` (${Object.keys(entry.commands).join(", ")})` : ""
      return [name, `${entry.about}${inside}`]
    }),
  )

const print = (text: string) => void process.stdout.write(`${text}\n`)

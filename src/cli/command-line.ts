import { version } from "../../package.json"
import { errorMessage } from "../base/error"
import { type Command, commonFlags } from "./command"
import { CommandError } from "./command-error"
import { describeFlags } from "./flags"

/** The subcommands. Each is imported only when it is asked for, so that the others start without it. */
const commands: Record<string, { about: string; load(): Promise<Command> }> = {
  serve: { about: "start the HTTP server", load: async () => (await import("./serve")).serveCommand },
}

/** Runs what the arguments ask for. What goes wrong is told in one message and ends the process with status 1. */
export async function runCommandLine(args: string[]): Promise<void> {
  try {
    await run(args)
  } catch (error) {
    process.stderr.write(`Error: ${errorMessage(error)}\n`)
    process.exit(1)
  }
}

async function run(args: string[]): Promise<void> {
  const [name = "", ...rest] = args
  if (name === "--version" || name === "-v") return print(version)
  if (name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) return print(overview())
  if (name === "") throw new CommandError(`A command is missing; there is no terminal client in this program.\n${TRY}`)
  if (name.startsWith("-")) throw new CommandError(`A command is expected before ${name}.\n${TRY}`)
  if (!Object.hasOwn(commands, name)) throw new CommandError(`There is no command ${JSON.stringify(name)}.\n${TRY}`)
  const command = await commands[name]!.load()
  await command.run(name, rest)
}

const TRY = "To start the server: opencode serve. For all commands: opencode --help."

function overview(): string {
  const names = Object.keys(commands)
  const width = Math.max(...names.map((name) => name.length)) + 3
  const rows = names.map((name) => `  ${name.padEnd(width)}${commands[name]!.about}`)
  return `opencode ${version}: a server for opencode clients

Usage: opencode COMMAND [FLAGS]

Commands:
${rows.join("\n")}

Flags:
${describeFlags(commonFlags)}

\`opencode COMMAND --help\` tells the flags of a command.`
}

const print = (text: string) => void process.stdout.write(`${text}\n`)

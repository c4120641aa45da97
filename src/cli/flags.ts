import { parseArgs } from "node:util"
import { CommandError } from "./command-error"

/** One flag of a command. `value` is the placeholder that the help shows. */
export interface Flag {
  type: "string" | "boolean"
  short?: string
  multiple?: boolean
  value?: string
  about: string
}
export type Flags = Record<string, Flag>
export type FlagValues<F extends Flags> = ReturnType<typeof parseArgs<{ options: F }>>["values"]

/** Reads `--flag value`, `--flag=value`, `--flag` and `--no-flag`. Throws `CommandError` for what the command does not know. */
export function parseFlags<F extends Flags>(command: string, args: string[], flags: F): FlagValues<F> {
  const plain = args.map((each) => plainBoolean(each, flags))
  try {
    return parseArgs({ args: plain, options: flags, allowNegative: true }).values
  } catch (error) {
    const [problem] = error instanceof Error ? error.message.split("\n") : []
    throw new CommandError(`${problem}\nFor its flags: opencode ${command} --help`)
  }
}

/** `--mdns=true` and `--mdns=false` are common too, but the parser knows only `--mdns` and `--no-mdns`. */
function plainBoolean(argument: string, flags: Flags): string {
  const [, name = "", value] = argument.match(/^--([\w-]+)=(true|false)$/) ?? []
  if (flags[name]?.type !== "boolean") return argument
  return value === "true" ? `--${name}` : `--no-${name}`
}

/** The lines about the flags in a help text. */
export function describeFlags(flags: Flags): string {
  const rows = Object.entries(flags).map(([name, flag]) => {
    const short = flag.short ? `-${flag.short}, ` : "    "
    const value = flag.value ? ` ${flag.value}` : ""
    return { left: `  ${short}--${name}${value}`, about: flag.about + (flag.multiple ? " (may be repeated)" : "") }
  })
  const width = Math.max(...rows.map((row) => row.left.length)) + 3
  return rows.map((row) => row.left.padEnd(width) + row.about).join("\n")
}

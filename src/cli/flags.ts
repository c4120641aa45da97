import { parseArgs } from "node:util"
import { errorMessage } from "../base/error"
import { CommandError } from "./command-error"

/** One flag of a command. `value` is the placeholder that the help shows. */
export interface Flag {
  type: "string" | "boolean"
  short?: string
  multiple?: boolean
  value?: string
  /** Set where the value may be left out: a number follows, or nothing, which reads as the empty text. */
  optional?: boolean
  /** What the value may be. */
  choices?: readonly string[]
  about: string
}
export type Flags = Record<string, Flag>
export type FlagValues<F extends Flags> = ReturnType<typeof parseArgs<{ options: F }>>["values"]

export interface Parsed<F extends Flags> {
  values: FlagValues<F>
  /** What is no flag, in its order; everything after `--`. */
  words: string[]
}

/** Reads `--flag value`, `--flag=value`, `--flag` and `--no-flag`. Throws `CommandError` for what the command does not know. */
export function parseFlags<F extends Flags>(command: string, args: string[], flags: F): Parsed<F> {
  const end = args.indexOf("--")
  const own = end < 0 ? args : args.slice(0, end)
  const plain = own.map((each, index) => withValue(plainBoolean(each, flags), own[index + 1], flags))
  try {
    const rest = end < 0 ? [] : args.slice(end)
    const { values, positionals } = parseArgs({
      args: [...plain, ...rest],
      options: flags,
      allowNegative: true,
      allowPositionals: true,
    })
    checkChoices(values, flags)
    return { values, words: positionals }
  } catch (error) {
    // The parser's advice does not fit into the middle of ours.
    const [problem] = errorMessage(error).split(/\n|\. To specify/)
    throw new CommandError(`${problem}\n${hint(command)}`)
  }
}

/** Where to read what a command takes. */
export const hint = (command: string) => `For its flags: opencode ${command} --help`

/** The number in a flag's value. Throws `CommandError` unless it is a whole one from 0 on. */
export function readCount(flag: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new CommandError(`--${flag} takes a number, not ${JSON.stringify(text)}`)
}

/** `--mdns=true` and `--mdns=false` are common too, but the parser knows only `--mdns` and `--no-mdns`. */
function plainBoolean(argument: string, flags: Flags): string {
  const [, name = "", value] = argument.match(/^--([\w-]+)=(true|false)$/) ?? []
  if (flags[name]?.type !== "boolean") return argument
  return value === "true" ? `--${name}` : `--no-${name}`
}

/** The parser knows no values that may be left out. */
function withValue(argument: string, next: string | undefined, flags: Flags): string {
  const optional = argument.startsWith("--") && flags[argument.slice(2)]?.optional
  return optional && !/^\d+$/.test(next ?? "") ? `${argument}=` : argument
}

function checkChoices(values: Record<string, unknown>, flags: Flags): void {
  for (const [name, { choices }] of Object.entries(flags)) {
    const value = values[name]
    if (choices && typeof value === "string" && !choices.includes(value))
      throw new CommandError(`--${name} is one of ${choices.join(", ")}, not ${JSON.stringify(value)}`)
  }
}

/** The lines about the flags in a help text. */
export function describeFlags(flags: Flags): string {
  return describeRows(
    Object.entries(flags).map(([name, flag]) => {
      const short = flag.short ? `-${flag.short}, ` : "    "
      const value = flag.value && (flag.optional ? ` [${flag.value}]` : ` ${flag.value}`)
      return [`${short}--${name}${value ?? ""}`, flag.about + (flag.multiple ? " (may be repeated)" : "")]
    }),
  )
}

/** Two columns of a help text. */
export function describeRows(rows: [left: string, about: string][]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 3
  return rows.map(([left, about]) => `  ${left.padEnd(width)}${about}`).join("\n")
}

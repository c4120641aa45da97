import { version } from "../../package.json"
import { CommandError } from "./command-error"
import { describeFlags, type Flags, type FlagValues, hint, parseFlags } from "./flags"

/** A subcommand, ready to be given its arguments. */
export interface Command {
  /** All that it takes, for the help and for completions. */
  readonly flags: Flags
  /** `name` is how it was called, `args` what follows. Throws with a message for the user. */
  run(name: string, args: string[]): Promise<void>
}

/** Flags that every command has. */
export const commonFlags = {
  help: { type: "boolean", short: "h", about: "show this help and end" },
  version: { type: "boolean", short: "v", about: "show the version and end" },
} satisfies Flags

/** Flags of the commands that open the data directory. */
export const logFlags = {
  "print-logs": { type: "boolean", about: "write the log to standard error too" },
  "log-level": { type: "string", value: "LEVEL", about: "DEBUG, INFO, WARN or ERROR (INFO)" },
  pure: { type: "boolean", about: "run no plugins; always so, there are none" },
} satisfies Flags

interface Definition<F extends Flags> {
  /** One sentence, or more. */
  about: string
  flags: F
  /** What it takes besides flags, as the help shows it: `NAME`, `[NAME]` where it may be missing, `[NAME...]` for any number. */
  words?: string
}

/** Makes a command from what it takes and what it does with it. */
export function command<F extends Flags>(
  { about, flags, words: shape = "" }: Definition<F>,
  action: (values: FlagValues<F>, words: string[]) => Promise<void>,
): Command {
  const all = { ...flags, ...commonFlags }
  return {
    flags: all,
    async run(name, args) {
      const common = parseFlags<Flags>(name, args, all)
      if (common.values.version) return void process.stdout.write(`${version}\n`)
      if (common.values.help) {
        const usage = ["opencode", name, shape, "[FLAGS]"].filter(Boolean).join(" ")
        return void process.stdout.write(`${about}\n\nUsage: ${usage}\n\nFlags:\n${describeFlags(all)}\n`)
      }
      checkWords(name, common.words, shape)
      const { values, words } = parseFlags(name, args, flags)
      await action(values, words)
    },
  }
}

function checkWords(name: string, words: string[], shape: string): void {
  const expected = shape.split(" ").filter(Boolean)
  const missing = expected.slice(words.length).find((each) => !each.startsWith("["))
  if (missing) throw new CommandError(`opencode ${name} needs ${missing}\n${hint(name)}`)
  const extra = shape.includes("...") ? undefined : words[expected.length]
  if (extra !== undefined) throw new CommandError(`Unexpected argument ${JSON.stringify(extra)}\n${hint(name)}`)
}

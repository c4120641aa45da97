import { version } from "../../package.json"
import { describeFlags, type Flags, type FlagValues, parseFlags } from "./flags"

/** A subcommand, ready to be given its arguments. */
export interface Command {
  /** `name` is how it was called, `args` what follows. Throws with a message for the user. */
  run(name: string, args: string[]): Promise<void>
}

/** Flags that every command has. */
export const commonFlags = {
  help: { type: "boolean", short: "h", about: "show this help and end" },
  version: { type: "boolean", short: "v", about: "show the version and end" },
} satisfies Flags

/** Makes a command from its flags and what it does with their values. */
export function command<F extends Flags>(
  about: string,
  flags: F,
  action: (values: FlagValues<F>) => Promise<void>,
): Command {
  return {
    async run(name, args) {
      const common = parseFlags<Flags>(name, args, { ...flags, ...commonFlags })
      if (common.version) return void process.stdout.write(`${version}\n`)
      if (!common.help) return action(parseFlags(name, args, flags))
      const all = describeFlags({ ...flags, ...commonFlags })
      process.stdout.write(`${about}\n\nUsage: opencode ${name} [FLAGS]\n\nFlags:\n${all}\n`)
    },
  }
}

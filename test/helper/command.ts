import { bareEnvironment, fromSource } from "../../scripts/program"

export interface CommandOptions {
  home: string
  directory: string
  /** What is piped in. Default: nothing. */
  input?: string
  /** Added to the bare environment. */
  env?: Record<string, string>
  /** Default: from source. */
  command?: string[]
}

/** Starts the program with what is piped in. */
export function startCommand(args: string[], { home, directory, input, env, command = fromSource }: CommandOptions) {
  return Bun.spawn([...command, ...args], {
    cwd: directory,
    env: { ...bareEnvironment(home), OPENCODE_DISABLE_MODELS_FETCH: "1", ...env },
    stdin: input === undefined ? "ignore" : new TextEncoder().encode(input),
    stdout: "pipe",
    stderr: "pipe",
  })
}

/** Runs the program to its end. */
export async function runProgram(args: string[], options: CommandOptions) {
  const child = startCommand(args, options)
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
  return { code: await child.exited, stdout, stderr }
}

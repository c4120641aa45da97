import { join } from "node:path"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import { childEnvironment } from "../process/child-environment"
import { findShell } from "../process/shell"
import type { ChildOutput, ExitState } from "../process/supervisor"
import { createShellOutput, type ShellText } from "./shell-output"

/** Milliseconds between two looks at the output of a running command. */
const PREVIEW_INTERVAL = 100
/** Milliseconds to wait for output after the shell has ended: what it left in the background may hold the pipe for hours. */
const QUIET = 30

export interface ShellRun extends ShellText {
  /** Null when the command was ended from outside. */
  exit: number | null
  ended?: ExitState["ended"]
  /** The last 30000 characters. */
  preview: string
}

/**
 * Runs a program in the user's shell, with empty input, standard error mixed into the output in the order of printing.
 * `onOutput` hears the last 30000 characters, at most ten times a second. Throws when the shell cannot be started.
 */
export async function runShell(
  instance: Instance,
  options: {
    command: string
    cwd: string
    signal: AbortSignal
    /** Milliseconds. */
    timeout?: number
    onOutput?: (preview: string) => void
  },
): Promise<ShellRun> {
  const { app } = instance
  const { command, cwd, signal, timeout, onOutput } = options
  const shell = findShell(app.env, (await getConfig(instance)).shell)
  const output = createShellOutput(join(app.paths.data, "tool-output"))
  const child = app.processes.spawn({
    // One pipe for both: read from two, lines would change places.
    command: [shell, "-c", `exec 2>&1; ${command}`],
    cwd,
    env: shellEnvironment(app.env),
    signal,
    ...(timeout !== undefined && { timeout }),
    leaveBackground: true,
  })

  let timer: Timer | undefined
  let settled = false
  let last = 0
  const look = () => {
    timer = undefined
    onOutput?.(output.preview())
  }
  const drain = async (stream: ChildOutput) => {
    for await (const chunk of stream) {
      if (settled) continue
      last = performance.now()
      await output.push(chunk)
      if (onOutput) timer ??= setTimeout(look, PREVIEW_INTERVAL)
    }
  }
  const drained = Promise.all([drain(child.stdout), drain(child.stderr)])
  // Rejects while nobody waits for it yet.
  drained.catch(() => {})

  const state = await child.exited
  last = performance.now()
  const silence = async () => {
    const start = performance.now()
    while (!settled && performance.now() - last < QUIET && performance.now() - start < 20 * QUIET)
      await Bun.sleep(QUIET)
  }
  await Promise.race([drained, silence()])
  settled = true
  clearTimeout(timer)
  const { ended, code } = state
  const text = await output.finish()
  return { ...text, exit: ended ? null : code, ...(ended && { ended }), preview: output.preview() }
}

function shellEnvironment(env: Readonly<Record<string, string | undefined>>) {
  return {
    ...childEnvironment(env),
    OPENCODE: "1",
    OPENCODE_PID: `${process.pid}`,
    AGENT: "1",
    // Nobody is there to turn pages or to type a password.
    PAGER: "cat",
    GIT_PAGER: "cat",
    GIT_TERMINAL_PROMPT: "0",
  }
}

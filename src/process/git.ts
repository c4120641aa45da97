import type { Supervisor } from "./supervisor"

/** What a git call needs of the app. */
export interface GitContext {
  readonly processes: Supervisor
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface GitCall {
  cwd: string
  args: string[]
  env?: Record<string, string | undefined>
  /** Configuration that wins over every file: exact key and value. */
  config?: [string, string][]
  stdin?: string | Uint8Array
  signal?: AbortSignal
  /** Bytes of output that are kept; default 16 MiB. */
  maxOutput?: number
}

export interface GitResult {
  /** Whether git ended with 0 and all of its output is there. */
  ok: boolean
  code: number | null
  stdout: Uint8Array<ArrayBuffer>
  stderr: string
}

/** Thrown when there is no git to start. */
export class GitMissingError extends Error {
  override readonly name = "GitMissingError"
}

const TIMEOUT = 120_000

/** What of our environment git may see. Its own `GIT_*` variables and whatever else could redirect it stay out. */
const INHERITED = [
  "PATH",
  "HOME",
  "XDG_CONFIG_HOME",
  "USER",
  "LOGNAME",
  "TMPDIR",
  "TMP",
  "TEMP",
  "SystemRoot",
  "SYSTEMROOT",
  "windir",
  "PATHEXT",
  "COMSPEC",
  "USERPROFILE",
  "HOMEDRIVE",
  "HOMEPATH",
  "APPDATA",
  "LOCALAPPDATA",
  "ProgramData",
]

/**
 * A checkout is hostile until proven otherwise: its `.git/config` may name programs. These settings, which win over all
 * files, keep git from starting them; no transport is allowed either (a missing object could be fetched by a program).
 */
const SAFE_CONFIG: [string, string][] = [
  ["core.fsmonitor", "false"],
  ["core.hooksPath", "/dev/null"],
  ["core.quotePath", "false"],
  ["diff.external", ""],
  ["diff.ignoreSubmodules", "all"],
  ["submodule.recurse", "false"],
  ["protocol.allow", "never"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
]

/**
 * Runs git to its end with a clean environment and settings under which a repository cannot make it run programs, except
 * through filters (see `filterOverrides` in `vcs/`). Throws `GitMissingError` when git cannot be started.
 */
export async function runGit(context: GitContext, call: GitCall): Promise<GitResult> {
  const env = { ...baseEnv(context.env), ...configEnv([...SAFE_CONFIG, ...(call.config ?? [])]), ...call.env }
  const { cwd, stdin, signal, maxOutput } = call
  const result = await start(context, {
    command: ["git", ...call.args],
    cwd,
    env,
    timeout: TIMEOUT,
    ...(stdin !== undefined && { stdin }),
    ...(signal && { signal }),
    ...(maxOutput !== undefined && { maxOutput }),
  })
  const { code, stdout, stderr, truncated } = result
  return { ok: code === 0 && !truncated, code, stdout, stderr }
}

/** The output as text; bytes that are no UTF-8 become U+FFFD. */
export const textOf = (result: GitResult) => new TextDecoder().decode(result.stdout)

/** The output of a `-z` call as its fields. */
export function fieldsOf(result: GitResult): string[] {
  const fields = textOf(result).split("\0")
  fields.pop()
  return fields
}

async function start(context: GitContext, options: Parameters<Supervisor["run"]>[0]) {
  try {
    return await context.processes.run(options)
  } catch (error) {
    throw new GitMissingError("git could not be started", { cause: error })
  }
}

function baseEnv(own: GitContext["env"]) {
  const env: Record<string, string | undefined> = {}
  for (const name of INHERITED) if (own[name] !== undefined) env[name] = own[name]
  return {
    ...env,
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_ALLOW_PROTOCOL: "none",
    GIT_PAGER: "cat",
    GIT_LITERAL_PATHSPECS: "1",
  }
}

/** By environment and not by `-c`, which would split a hostile key at its `=`. */
function configEnv(config: [string, string][]) {
  const env: Record<string, string> = { GIT_CONFIG_COUNT: `${config.length}` }
  config.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key
    env[`GIT_CONFIG_VALUE_${index}`] = value
  })
  return env
}

import { join, resolve } from "node:path"
import { Type } from "@sinclair/typebox"
import { isDirectory } from "../base/path"
import description from "./bash.txt" with { type: "text" }
import { shellNeeds } from "./bash-permission"
import { runShell, type ShellRun } from "./shell-run"
import { defineTool, type ToolContext } from "./tool"

/** Milliseconds. */
const DEFAULT_TIMEOUT = 120_000

export const bashTool = defineTool({
  id: "bash",
  description,
  parameters: Type.Object({
    command: Type.String({ description: "The shell program to run" }),
    timeout: Type.Optional(
      Type.Integer({
        minimum: Number.MIN_SAFE_INTEGER,
        exclusiveMinimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: "Milliseconds after which the command is ended; two minutes when left out",
      }),
    ),
    workdir: Type.Optional(
      Type.String({
        description: "Directory to run in; the working directory when left out. Better than a `cd` first",
      }),
    ),
  }),
  async execute({ command, timeout, workdir }, context) {
    const { instance, signal, progress } = context
    const cwd = resolve(instance.directory, workdir ?? ".")
    await askFor(command, cwd, context)
    if (!(await isDirectory(cwd))) throw new Error(`The working directory does not exist: ${cwd}`)

    const limit = Math.min(timeout ?? defaultTimeout(instance.app.env), 2 ** 31 - 1)
    progress({ metadata: { output: "" } })
    const run = await runShell(instance, {
      command,
      cwd,
      signal,
      timeout: limit,
      onOutput: (output) => progress({ metadata: { output } }),
    })
    const output = readable(run, limit)
    return {
      title: command,
      output,
      metadata: {
        output: run.preview || output,
        exit: run.exit,
        truncated: run.truncated,
        ...(run.path && { outputPath: run.path }),
      },
    }
  },
})

async function askFor(command: string, cwd: string, { instance, ask }: ToolContext) {
  const { patterns, always, directories } = await shellNeeds(instance, command, cwd)
  if (directories.length > 0) {
    const below = directories.map((directory) => join(directory, "*"))
    await ask({
      permission: "external_directory",
      patterns: below,
      always: below,
      metadata: { command, directories, patterns: below },
    })
  }
  if (patterns.length > 0) await ask({ permission: "bash", patterns, always, metadata: { command } })
}

function readable({ text, path, ended }: ShellRun, timeout: number) {
  const shown = path ? `...output truncated...\n\nFull output saved to: ${path}\n\n${text}` : text || "(no output)"
  if (!ended) return shown
  const note =
    ended === "timeout"
      ? `The command was ended at its timeout of ${timeout} ms. If it only needs longer, and does not wait for input, run it again with a larger timeout.`
      : "User aborted the command"
  return `${shown}\n\n<shell_metadata>\n${note}\n</shell_metadata>`
}

function defaultTimeout(env: Readonly<Record<string, string | undefined>>) {
  const wanted = Number(env.OPENCODE_EXPERIMENTAL_BASH_DEFAULT_TIMEOUT_MS)
  return Number.isSafeInteger(wanted) && wanted > 0 ? wanted : DEFAULT_TIMEOUT
}

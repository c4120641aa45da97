import { basename, dirname } from "node:path"
import { contains, realPath } from "../base/path"
import { configState } from "../config/config"
import { findProgram, programEnvironment, projectTop } from "../config/programs"
import type { Instance } from "../instance/instance"
import type { Config } from "../schema/config"
import type { FormatterStatus } from "../schema/formatter"
import { builtInFormatters, type Formatter } from "./formatters"
import { findMarker } from "./marker"

/** Milliseconds that one formatter may take. */
const TIMEOUT = 10_000
/** Bytes of what it says that are kept for the log. */
const MAX_OUTPUT = 16 * 1024

interface Formatters {
  builtIn: Formatter[]
  /** Those that only the configuration knows. */
  own: Formatter[]
}

const formatters = configState(async (instance, { formatter }): Promise<Formatters> => {
  if (!formatter) return { builtIn: [], own: [] }
  return formatter === true ? { builtIn: [...builtInFormatters], own: [] } : configured(instance, formatter)
})

/**
 * Formats a file of the project in place: by the first known formatter that the project uses, then by those that only the
 * configuration names. Answers the names of those that changed it; nothing when formatters are off. One that fails or takes
 * longer than ten seconds is logged, and the file stays as it left it.
 */
export async function formatFile(instance: Instance, file: string, signal?: AbortSignal): Promise<string[]> {
  const { builtIn, own } = await formatters(instance)
  if (builtIn.length + own.length === 0) return []
  const real = await realPath(file)
  if (!contains(projectTop(instance), real)) return []
  const changed: string[] = []
  const run = async (formatter: Formatter) => {
    const call = matches(formatter, real) ? await callFor(instance, formatter, dirname(real)) : undefined
    if (!call) return false
    const before = await hash(real)
    await runFormatter(instance, formatter, { ...call, file: real, signal })
    if ((await hash(real)) !== before) changed.push(formatter.name)
    return true
  }
  for (const formatter of builtIn) if (await run(formatter)) break
  for (const formatter of own) await run(formatter)
  return changed
}

/** All formatters that are not switched off, and whether each one would be used in the instance's directory. */
export async function formatterStatus(instance: Instance): Promise<FormatterStatus[]> {
  const { builtIn, own } = await formatters(instance)
  return Promise.all(
    [...builtIn, ...own].map(async (formatter) => ({
      name: formatter.name,
      extensions: [...formatter.extensions],
      enabled: (await callFor(instance, formatter, instance.directory)) !== undefined,
    })),
  )
}

function configured(instance: Instance, config: Exclude<NonNullable<Config["formatter"]>, boolean>): Formatters {
  const builtIn = builtInFormatters.flatMap((known) => {
    const { disabled, command, ...changes } = config[known.name] ?? {}
    if (disabled) return []
    // A command of one's own is meant for wherever the file is.
    const { name, extensions } = known
    return [command?.length ? { name, extensions, command, ...changes } : { ...known, ...changes }]
  })
  const names = new Set(builtInFormatters.map(({ name }) => name))
  const own = Object.entries(config).flatMap(([name, { disabled, command, extensions, environment }]) => {
    if (disabled || names.has(name)) return []
    if (command?.length && extensions) return [{ name, command, extensions, ...(environment && { environment }) }]
    instance.app.log.warn("A formatter that is not built in needs a command and extensions", { name })
    return []
  })
  return { builtIn, own }
}

const matches = ({ extensions }: Formatter, file: string) =>
  extensions.some((each) => (each.startsWith(".") ? file.endsWith(each) : basename(file) === each))

interface Call {
  program: string
  /** That of the marker: some look for their settings from there. */
  cwd: string
}

/** How a formatter is called for files in a directory; undefined when it is not installed or not used there. */
async function callFor(instance: Instance, formatter: Formatter, directory: string): Promise<Call | undefined> {
  const program = findProgram(instance, formatter.command[0] ?? "", directory)
  if (!program) return undefined
  if (!formatter.markers) return { program, cwd: instance.directory }
  const cwd = await findMarker(formatter.markers, directory, projectTop(instance))
  return cwd === undefined ? undefined : { program, cwd }
}

interface Run extends Call {
  file: string
  signal: AbortSignal | undefined
}

async function runFormatter(instance: Instance, formatter: Formatter, { program, cwd, file, signal }: Run) {
  const { app } = instance
  const { name, command, environment } = formatter
  try {
    const options = (await formatter.options?.(cwd)) ?? []
    const result = await app.processes.run({
      command: [program, ...options, ...command.slice(1).map((argument) => argument.replaceAll("$FILE", () => file))],
      cwd,
      env: programEnvironment(instance, dirname(file), environment),
      timeout: TIMEOUT,
      maxOutput: MAX_OUTPUT,
      signal: signal ? AbortSignal.any([signal, instance.signal]) : instance.signal,
    })
    if (result.code === 0) return
    const said = `${result.stderr}${new TextDecoder().decode(result.stdout)}`.trim().slice(0, 2000)
    app.log.warn("A formatter failed", { formatter: name, file, code: result.code, ended: result.ended, said })
  } catch (error) {
    app.log.warn("A formatter could not be started", { formatter: name, file, error })
  }
}

const hash = async (file: string) => Bun.hash(await Bun.file(file).arrayBuffer())

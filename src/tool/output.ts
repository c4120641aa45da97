import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { newID } from "../base/id"
import { getConfig } from "../config/config"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"

const MAX_LINES = 2000
const MAX_BYTES = 50 * 1024
const KEPT_FOR = 7 * 24 * 3600 * 1000
const CLEANUP_EVERY = 3600 * 1000

export interface OutputLimits {
  lines: number
  bytes: number
}

export interface BoundedOutput {
  text: string
  truncated: boolean
  /** File with the whole text, when it was cut. */
  outputPath?: string
}

/** How much of a tool's output a model gets: config `tool_output`, else 2000 lines and 50 KiB. */
export async function outputLimits(instance: Instance): Promise<OutputLimits> {
  const { tool_output: own } = await getConfig(instance)
  return { lines: own?.max_lines ?? MAX_LINES, bytes: own?.max_bytes ?? MAX_BYTES }
}

/**
 * Cuts what is too long for a model and saves the whole text in a file that the model can look into. `keep` says which
 * end stays: the tail is the interesting one of a program's output.
 */
export async function boundOutput(
  instance: Instance,
  text: string,
  keep: "head" | "tail" = "head",
): Promise<BoundedOutput> {
  const limits = await outputLimits(instance)
  const kept = cut(text, limits, keep)
  if (kept === undefined) return { text, truncated: false }
  const outputPath = await saveOutput(instance.app, text)
  return {
    text: keep === "tail" ? tailText(kept, outputPath) : headText(text, kept, outputPath),
    truncated: true,
    outputPath,
  }
}

/** The form of an output whose head was dropped. */
export const tailText = (tail: string, outputPath: string) =>
  `...output truncated...\n\nFull output saved to: ${outputPath}\n\n${tail}`

/** The part of the text that fits, or undefined when all of it does. At least the limit's worth of a first long line. */
export function cut(text: string, { lines, bytes }: OutputLimits, keep: "head" | "tail"): string | undefined {
  const all = text.split("\n")
  if (all.length <= lines && Buffer.byteLength(text) <= bytes) return undefined
  const wanted = keep === "head" ? all.slice(0, lines) : all.slice(-lines).reverse()
  const fitting: string[] = []
  let size = 0
  for (const line of wanted) {
    size += Buffer.byteLength(line) + 1
    if (size > bytes + 1) break
    fitting.push(line)
  }
  if (fitting.length === 0) return cutBytes(wanted[0] ?? "", bytes, keep)
  return (keep === "head" ? fitting : fitting.reverse()).join("\n")
}

/** Writes a text to a new file of the tool output folder and answers its path. Old files there are removed now and then. */
export async function saveOutput(app: App, text: string): Promise<string> {
  const path = await newOutputFile(app)
  await writeFile(path, text, { mode: 0o600 })
  return path
}

/** Path of a new file in the tool output folder, which is made when it is missing. The file itself is not. */
export async function newOutputFile(app: App): Promise<string> {
  const directory = outputDirectory(app)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  void cleanUp(app, directory)
  return join(directory, newID("tool"))
}

/** Folder of saved outputs. */
export const outputDirectory = (app: App) => join(app.paths.data, "tool-output")

function headText(text: string, kept: string, outputPath: string): string {
  const whole = text.split("\n").length
  const shown = kept === "" ? 0 : kept.split("\n").length
  const left = whole > shown ? `${whole - shown} lines` : `${Buffer.byteLength(text) - Buffer.byteLength(kept)} bytes`
  return `${kept}\n\n...${left} truncated...\n\nFull output saved to: ${outputPath}\nSearch that file with grep, or read a part of it with offset and limit, instead of printing all of it again.`
}

/** Decoding drops the half of a character that the cut may leave. */
function cutBytes(line: string, bytes: number, keep: "head" | "tail"): string {
  const data = Buffer.from(line)
  const part = keep === "head" ? data.subarray(0, bytes) : data.subarray(-bytes)
  return part.toString("utf8").replace(keep === "head" ? /\uFFFD$/ : /^\uFFFD+/, "")
}

const lastCleanup = new WeakMap<App, number>()

async function cleanUp(app: App, directory: string): Promise<void> {
  const now = app.now()
  if (now - (lastCleanup.get(app) ?? Number.NEGATIVE_INFINITY) < CLEANUP_EVERY) return
  lastCleanup.set(app, now)
  try {
    for (const name of await readdir(directory)) {
      if (!name.startsWith("tool_")) continue
      const file = join(directory, name)
      if (now - (await stat(file)).mtimeMs > KEPT_FOR) await rm(file, { force: true })
    }
  } catch (error) {
    app.log.warn("Old tool outputs could not be removed", { directory, error })
  }
}

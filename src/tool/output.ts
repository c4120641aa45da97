import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { newID } from "../base/id"
import { getConfig } from "../config/config"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import { appState } from "../instance/state"

const MAX_LINES = 2000
const MAX_BYTES = 50 * 1024
const KEPT_FOR = 7 * 24 * 3600 * 1000
const CLEANUP_EVERY = 3600 * 1000

const cleanups = appState(() => ({ last: Number.NEGATIVE_INFINITY }))

export interface BoundedOutput {
  text: string
  truncated: boolean
  /** File with the whole text, when it was cut. */
  outputPath?: string
}

/**
 * Cuts what is too long for a model behind its head (config `tool_output`, else 2000 lines or 50 KiB) and saves the whole
 * text in a file that the model can look into.
 */
export async function boundOutput(instance: Instance, text: string): Promise<BoundedOutput> {
  const { tool_output: limits } = await getConfig(instance)
  const head = headOf(text, limits?.max_lines ?? MAX_LINES, limits?.max_bytes ?? MAX_BYTES)
  if (head === undefined) return { text, truncated: false }
  const outputPath = await saveOutput(instance.app, text)
  const left = `...${whatIsLeft(text, head)} truncated...\n\nFull output saved to: ${outputPath}`
  const hint =
    "Search that file with grep, or read a part of it with offset and limit, instead of printing all of it again."
  return { text: `${head}\n\n${left}\n${hint}`, truncated: true, outputPath }
}

/** Removes saved outputs that are older than a week: in the background, and at most once an hour. */
export function removeOldOutputs(app: App): void {
  const now = app.now()
  const cleanup = cleanups(app)
  if (now - cleanup.last < CLEANUP_EVERY) return
  cleanup.last = now
  const directory = outputDirectory(app)
  removeOlder(directory, now - KEPT_FOR).catch((error) =>
    app.log.warn("Old tool outputs could not be removed", { directory, error }),
  )
}

/** The lines that fit, or undefined when all of them do. Of a first line that is too long as much as fits. */
function headOf(text: string, maxLines: number, maxBytes: number): string | undefined {
  const lines = text.split("\n")
  if (lines.length <= maxLines && Buffer.byteLength(text) <= maxBytes) return undefined
  let size = -1
  let count = 0
  for (const line of lines.slice(0, maxLines)) {
    size += Buffer.byteLength(line) + 1
    if (size > maxBytes) break
    count++
  }
  if (count > 0) return lines.slice(0, count).join("\n")
  // Decoding leaves a sign for the half of a character that the cut may leave.
  return Buffer.from(lines[0] ?? "")
    .subarray(0, maxBytes)
    .toString("utf8")
    .replace(/\uFFFD$/, "")
}

function whatIsLeft(text: string, head: string): string {
  const lines = text.split("\n").length - head.split("\n").length
  return lines > 0 ? `${lines} lines` : `${Buffer.byteLength(text) - Buffer.byteLength(head)} bytes`
}

async function saveOutput(app: App, text: string): Promise<string> {
  const directory = outputDirectory(app)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, newID("tool"))
  await writeFile(path, text, { mode: 0o600 })
  return path
}

const outputDirectory = (app: App) => join(app.paths.data, "tool-output")

async function removeOlder(directory: string, time: number): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith("tool_")) continue
    const file = join(directory, name)
    if ((await stat(file)).mtimeMs < time) await rm(file, { force: true })
  }
}

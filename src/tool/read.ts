import { constants } from "node:fs"
import { open, readdir, stat } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { Type } from "@sinclair/typebox"
import { nearbyInstructions } from "../config/instruction-files"
import { isBinary, mediaType, namedImageType, SAMPLE_SIZE } from "../file/content-type"
import { prepareFile } from "../lsp/lsp"
import description from "./read.txt" with { type: "text" }
import { readDirectory } from "./read-directory"
import { readLines } from "./read-lines"
import { readMedia } from "./read-media"
import { openTarget, type Target } from "./target"
import { defineTool, type ToolContext, type ToolResult } from "./tool"

const MAX_SUGGESTIONS = 3
const DEFAULT_LIMIT = 2000

/** Shows a text file with line numbers, a directory's entries, or hands an image or PDF to the model. */
export const readTool = defineTool({
  id: "read",
  description,
  parameters: Type.Object({
    filePath: Type.String({ description: "Path of the file or directory; best absolute" }),
    offset: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "Number of the first line (from 1)" }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: "How many lines (default 2000)" }),
    ),
  }),
  async execute({ filePath, offset, limit }, context) {
    const target = await openTarget(context, filePath, "file")
    const found = await stat(target.real).catch(() => undefined)
    if (!found) throw new Error(await notFoundText(target.path))
    await context.ask({ permission: "read", patterns: target.patterns, always: ["*"], metadata: {} })
    const range = { offset: Math.max(offset ?? 1, 1), limit: limit || DEFAULT_LIMIT }
    if (found.isDirectory()) return readDirectory(target, range)
    if (!found.isFile()) throw new Error(`Not a regular file: ${target.path}`)
    const result = await readFile(target, range, context.signal)
    // What is read is often edited next.
    prepareFile(context.instance, target.real)
    return withInstructions(target, context, result)
  },
})

async function readFile(target: Target, range: { offset: number; limit: number }, signal: AbortSignal) {
  const sample = await readSample(target.real)
  const media = mediaType(sample) ?? namedImageType(target.path)
  if (media) return readMedia(target, media)
  if (isBinary(sample)) throw new Error(`Cannot read binary file: ${target.path}`)
  return readLines(target, range, signal)
}

async function readSample(real: string): Promise<Uint8Array> {
  // Not to wait for a writer, should the file have become a pipe meanwhile.
  const file = await open(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(SAMPLE_SIZE), 0, SAMPLE_SIZE, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Adds the instruction files of the directories around the file, each once in a session. */
async function withInstructions(
  target: Target,
  { instance, seenInstructions }: ToolContext,
  result: ToolResult,
): Promise<ToolResult> {
  const found = await nearbyInstructions(instance, target.real, seenInstructions)
  const reminders = found.map(
    ({ path, content }) => `\n\n<system-reminder>\nInstructions from: ${path}\n${content}\n</system-reminder>`,
  )
  return {
    ...result,
    output: `${result.output}${reminders.join("")}`,
    metadata: { ...result.metadata, loaded: found.map(({ path }) => path) },
  }
}

async function notFoundText(path: string): Promise<string> {
  const asked = basename(path).toLowerCase()
  const names = await readdir(dirname(path)).catch(() => [])
  const similar = names
    .filter((name) => name.toLowerCase().includes(asked) || asked.includes(name.toLowerCase()))
    .sort()
    .slice(0, MAX_SUGGESTIONS)
    .map((name) => join(dirname(path), name))
  const head = `File not found: ${path}`
  return similar.length === 0 ? head : `${head}\n\nDid you mean one of these?\n${similar.join("\n")}`
}

import { stat } from "node:fs/promises"
import { badRequest, notFound, tooLarge } from "../base/error"
import type { Instance } from "../instance/instance"
import type { FileContent } from "../schema/file"
import { containedPath } from "./containment"
import { isBinary, mediaType, SAMPLE_SIZE } from "./content-type"
import { type LineRange, readLineRange } from "./lines"

/** It is held in memory several times on its way out, as base64 and as JSON. */
const MAX_SIZE = 64 * 1024 * 1024

/**
 * What a file of the project holds: text without its last line feed, or base64 with a mime type. The bytes decide, not the
 * name. A file that does not exist is empty text. A range is for text only, of any size. Throws a 400 for what is no file or
 * outside of the project, and for a range of something else; a 413 for what is too large.
 */
export async function readContent(instance: Instance, path: string, range: LineRange = {}): Promise<FileContent> {
  if (path === "") throw badRequest("The path of a file is needed", "Query")
  const real = await containedPath(instance, path)
  const found = await stat(real).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined
    throw notFound(`Cannot open the file (${error.code}): ${path}`)
  })
  if (!found) return { type: "text", content: "" }
  if (!found.isFile()) throw badRequest(`Not a file: ${path}`, "Query")
  if (range.offset !== undefined || range.limit !== undefined) return readRange(real, path, range)
  if (found.size > MAX_SIZE)
    throw tooLarge(`The file has ${found.size} bytes, more than the ${MAX_SIZE} that can be sent: ${path}`)
  const bytes = await Bun.file(real).bytes()
  const sample = bytes.subarray(0, SAMPLE_SIZE)
  const media = mediaType(sample)
  if (!media && !isBinary(sample)) return textContent(bytes)
  const mimeType = media ?? Bun.file(real).type.split(";")[0]
  return {
    type: "binary",
    content: Buffer.from(bytes).toString("base64"),
    encoding: "base64",
    mimeType: mimeType || "application/octet-stream",
  }
}

async function readRange(real: string, path: string, range: LineRange): Promise<FileContent> {
  const sample = await Bun.file(real).slice(0, SAMPLE_SIZE).bytes()
  if (mediaType(sample) || isBinary(sample)) throw badRequest(`A range of lines is for text files: ${path}`, "Query")
  const bytes = await readLineRange(real, range, MAX_SIZE)
  if (!bytes) throw tooLarge(`The lines have more than the ${MAX_SIZE} bytes that can be sent: ${path}`)
  return textContent(bytes)
}

const textContent = (bytes: Uint8Array): FileContent => ({
  type: "text",
  content: new TextDecoder().decode(bytes).replace(/\r?\n$/, ""),
})

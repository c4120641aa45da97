import { stat } from "node:fs/promises"
import { basename, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { isBinary, mediaType, SAMPLE_SIZE } from "../file/content-type"
import type { FilePartInput } from "../schema/part-input"
import { CommandError } from "./command-error"

/** Bytes of an attached file: more would not fit into a request. */
const MAX_FILE = 20 * 1024 * 1024

/** The message: the words of the command line, then what was piped in. */
export async function readMessage(words: string[]): Promise<string> {
  const piped = process.stdin.isTTY ? "" : await Bun.stdin.text()
  return [words.join(" "), piped].filter((text) => text.trim() !== "").join("\n")
}

/**
 * The files as parts of a message, with their content: the server may be on another machine. A directory goes as its
 * address. Throws `CommandError` for what cannot be read or is neither text, image nor PDF.
 */
export const readFiles = (paths: string[]): Promise<FilePartInput[]> => Promise.all(paths.map(readPart))

async function readPart(name: string): Promise<FilePartInput> {
  const path = resolve(name)
  const found = await stat(path).catch(() => {
    throw new CommandError(`File not found: ${name}`)
  })
  if (found.isDirectory())
    return { type: "file", mime: "application/x-directory", url: pathToFileURL(path).href, filename: basename(path) }
  if (!found.isFile()) throw new CommandError(`${name} is not a file`)
  if (found.size > MAX_FILE) throw new CommandError(`${name} is larger than ${MAX_FILE / 1024 / 1024} MB`)
  const bytes = await Bun.file(path).bytes()
  const sample = bytes.subarray(0, SAMPLE_SIZE)
  const mime = mediaType(sample) ?? (isBinary(sample) ? undefined : "text/plain")
  if (!mime) throw new CommandError(`${name} is neither text nor an image or PDF`)
  const url = `data:${mime};base64,${Buffer.from(bytes).toString("base64")}`
  return { type: "file", mime, url, filename: basename(path) }
}

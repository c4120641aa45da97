import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { newID } from "../base/id"

/** What a model gets to read of one command. */
const MAX_BYTES = 50 * 1024
const MAX_LINES = 2000
/** What clients see of it while it runs, in characters. */
const PREVIEW = 30_000
/** More of one output is not saved: a program that never stops printing must not fill the disk. */
const MAX_SAVED = 100 * 1024 * 1024

export interface ShellText {
  /** The end of the output, as much as a model gets to read. */
  text: string
  truncated: boolean
  /** Where all of it was saved, when it is more than that. */
  path?: string
}

/** Collects the output of one command: its end in memory, all of it in a file of `folder` once it is too much to show. */
export function createShellOutput(folder: string) {
  let tail = ""
  let bytes = 0
  let lines = 1
  let early: Uint8Array[] = []
  let file: { path: string; sink: Bun.FileSink; size: number } | undefined

  async function save(chunk: Uint8Array) {
    early.push(chunk)
    if (bytes <= MAX_BYTES && lines <= MAX_LINES) return
    if (!file) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const path = join(folder, newID("tool"))
      file = { path, sink: Bun.file(path).writer(), size: 0 }
    }
    for (const each of early.splice(0)) {
      const part = each.subarray(0, Math.max(0, MAX_SAVED - file.size))
      file.size += part.length
      if (part.length > 0) file.sink.write(part)
    }
    await file.sink.flush()
  }

  return {
    /** `text` is what the bytes say; a character may be split between two chunks of bytes. */
    async push(chunk: Uint8Array, text: string) {
      tail += text
      if (tail.length > 8 * MAX_BYTES) tail = tail.slice(-2 * MAX_BYTES)
      bytes += chunk.length
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++
      await save(chunk)
    },
    preview: () => (tail.length > PREVIEW ? `...\n\n${tail.slice(-PREVIEW)}` : tail),
    async finish(): Promise<ShellText> {
      early = []
      await file?.sink.end()
      return file ? { text: lastPart(tail), truncated: true, path: file.path } : { text: tail, truncated: false }
    },
  }
}

/** The last lines that fit; of a single line that does not, its end. */
function lastPart(text: string) {
  const kept = text.split("\n").slice(-MAX_LINES).join("\n")
  const bytes = new TextEncoder().encode(kept)
  if (bytes.length <= MAX_BYTES) return kept
  let start = bytes.length - MAX_BYTES
  // Not in the middle of a character.
  while (((bytes[start] ?? 0) & 0xc0) === 0x80) start++
  const end = new TextDecoder().decode(bytes.subarray(start))
  const line = end.indexOf("\n")
  return bytes[start - 1] === 10 || line < 0 || line === end.length - 1 ? end : end.slice(line + 1)
}

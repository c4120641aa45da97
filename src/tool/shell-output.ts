import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { newID } from "../base/id"

/** What a model gets to read of one command. */
const MAX_BYTES = 50 * 1024
const MAX_LINES = 2000
/** What clients see of it while it runs, in characters. */
const PREVIEW = 30_000
/** Bytes of the end that are kept in memory: enough for both, with three bytes to a character. */
const TAIL = 96 * 1024
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
  const tail: Uint8Array[] = []
  let tailSize = 0
  let bytes = 0
  let lines = 1
  let file: { path: string; sink: Bun.FileSink; size: number } | undefined

  async function save(chunks: Uint8Array[]) {
    if (!file) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const path = join(folder, newID("tool"))
      file = { path, sink: Bun.file(path).writer(), size: 0 }
    }
    for (const chunk of chunks) {
      const part = chunk.subarray(0, Math.max(0, MAX_SAVED - file.size))
      file.size += part.length
      if (part.length > 0) file.sink.write(part)
    }
    await file.sink.flush()
  }
  const text = () => decode(Buffer.concat(tail), tailSize < bytes ? tailSize - TAIL : 0)

  return {
    async push(chunk: Uint8Array) {
      tail.push(chunk)
      tailSize += chunk.length
      bytes += chunk.length
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++
      if (file) await save([chunk])
      else if (bytes > MAX_BYTES || lines > MAX_LINES) await save(tail)
      while (tail[0] && tailSize - tail[0].length >= TAIL) tailSize -= tail.shift()?.length ?? 0
    },
    /** The last 30000 characters. */
    preview() {
      const all = text()
      return all.length > PREVIEW || tailSize < bytes ? `...\n\n${all.slice(-PREVIEW)}` : all
    },
    async finish(): Promise<ShellText> {
      await file?.sink.end()
      return file ? { text: lastPart(text()), truncated: true, path: file.path } : { text: text(), truncated: false }
    },
  }
}

/** The last lines that fit; of a single line that does not, its end. */
function lastPart(text: string) {
  const kept = text.split("\n").slice(-MAX_LINES).join("\n")
  const bytes = new TextEncoder().encode(kept)
  const start = bytes.length - MAX_BYTES
  if (start <= 0) return kept
  const end = decode(bytes, start)
  const line = end.indexOf("\n")
  return bytes[start - 1] === 10 || line < 0 || line === end.length - 1 ? end : end.slice(line + 1)
}

/** The text from `start` on, or from the next byte on that begins a character. */
function decode(bytes: Uint8Array, start: number) {
  let at = start
  while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at++
  return new TextDecoder().decode(bytes.subarray(at))
}

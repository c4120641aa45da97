import type { Target } from "./target"
import type { ToolResult } from "./tool"

const MAX_LINE = 2000
const MAX_BYTES = 50 * 1024
const PREVIEW_LINES = 20
const LINE_FEED = 10
/** Bytes kept of a line while it is read: whatever the characters are, enough for `MAX_LINE` and one more. */
const LINE_BYTES = (MAX_LINE + 1) * 4

/** The asked lines of a text file, each with its number. Long lines and long answers are cut; big files are streamed. */
export async function readLines(
  { path, real, title }: Target,
  { offset, limit }: { offset: number; limit: number },
  signal: AbortSignal,
): Promise<ToolResult> {
  const { lines, total, capped } = await collectLines(real, offset, limit, signal)
  if (offset > Math.max(total, 1)) throw new Error(`Offset ${offset} is out of range for this file (${total} lines)`)
  const lineEnd = offset + lines.length - 1
  const truncated = lineEnd < total
  const text = lines.join("\n")
  const numbered = lines.map((line, index) => `${offset + index}: ${line}`).join("\n")
  const note = capped
    ? `(Output capped at 50 KB. Showing lines ${offset}-${lineEnd}. Use offset=${lineEnd + 1} to continue.)`
    : truncated
      ? `(Showing lines ${offset}-${lineEnd} of ${total}. Use offset=${lineEnd + 1} to continue.)`
      : `(End of file - total ${total} lines)`
  return {
    title,
    output: `<path>${path}</path>\n<type>file</type>\n<content>\n${numbered}\n\n${note}\n</content>`,
    metadata: {
      preview: lines.slice(0, PREVIEW_LINES).join("\n"),
      truncated,
      display: { type: "file", path, text, lineStart: offset, lineEnd, totalLines: total, truncated },
    },
  }
}

interface Collected {
  lines: string[]
  /** Lines of the whole file. */
  total: number
  /** Whether lines of the asked range were left out because the answer would be too long. */
  capped: boolean
}

async function collectLines(file: string, offset: number, limit: number, signal: AbortSignal): Promise<Collected> {
  const lines: string[] = []
  let total = 0
  let bytes = 0
  let capped = false
  let current: Uint8Array[] = []
  let currentBytes = 0

  const wanted = () => !capped && total + 1 >= offset && lines.length < limit
  const add = (piece: Uint8Array) => {
    if (piece.length === 0) return
    if (wanted() && currentBytes < LINE_BYTES) current.push(piece.subarray(0, LINE_BYTES - currentBytes))
    currentBytes += piece.length
  }
  const endLine = () => {
    if (wanted()) {
      const line = lineText(Buffer.concat(current))
      bytes += Buffer.byteLength(line) + 1
      if (bytes > MAX_BYTES) capped = true
      else lines.push(line)
    }
    total++
    current = []
    currentBytes = 0
  }

  for await (const chunk of Bun.file(file).stream()) {
    signal.throwIfAborted()
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end))
      endLine()
      start = end + 1
    }
    add(chunk.subarray(start))
  }
  if (currentBytes > 0) endLine()
  return { lines, total, capped }
}

function lineText(bytes: Uint8Array): string {
  const line = new TextDecoder().decode(bytes).replace(/\r$/, "")
  if (line.length <= MAX_LINE) return line
  // Half of a character pair would not survive as UTF-8.
  const kept = line.slice(0, MAX_LINE).replace(/[\uD800-\uDBFF]$/, "")
  return `${kept}... (line truncated to ${MAX_LINE} chars)`
}

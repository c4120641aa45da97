import type { StructuredPatchHunk } from "diff"

/** Milliseconds for the exact difference: it is quadratic in the number of changes and runs on the one thread of the server. */
const TIME_LIMIT = 150
const CONTEXT = 4
const NO_NEWLINE = "\\ No newline at end of file"

export interface TextDiff {
  /** Unified diff with an `Index:` header; only that header when nothing differs. */
  patch: string
  additions: number
  deletions: number
}

/**
 * The difference between two versions of a text, with `context` lines around each change. Where it would take long, all
 * that lies between the first and the last change counts as replaced: still correct, but not the smallest.
 */
export async function unifiedDiff(
  file: string,
  before: string,
  after: string,
  { context = CONTEXT }: { context?: number } = {},
): Promise<TextDiff> {
  const { structuredPatch, formatPatch } = await import("diff")
  const exact = structuredPatch(file, file, before, after, undefined, undefined, { context, timeout: TIME_LIMIT })
  const hunks = exact?.hunks ?? [coarseHunk(linesOf(before), linesOf(after), context)]
  const patch = formatPatch({
    oldFileName: file,
    newFileName: file,
    oldHeader: undefined,
    newHeader: undefined,
    hunks,
  })
  return { patch, additions: count(hunks, "+"), deletions: count(hunks, "-") }
}

/** One hunk from the first to the last line that differs; found in linear time. */
function coarseHunk(before: string[], after: string[], context: number): StructuredPatchHunk {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  while (head < shorter && before[head] === after[head]) head++
  let tail = 0
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  const start = Math.max(0, head - context)
  const behind = Math.max(0, tail - context)
  const oldEnd = before.length - behind
  const newEnd = after.length - behind
  const marked = (mark: string, lines: string[]) =>
    lines.flatMap((line) => (line.endsWith("\n") ? [mark + line.slice(0, -1)] : [mark + line, NO_NEWLINE]))
  return {
    oldStart: start + 1,
    oldLines: oldEnd - start,
    newStart: start + 1,
    newLines: newEnd - start,
    lines: [
      ...marked(" ", before.slice(start, head)),
      ...marked("-", before.slice(head, before.length - tail)),
      ...marked("+", after.slice(head, after.length - tail)),
      ...marked(" ", before.slice(before.length - tail, oldEnd)),
    ],
  }
}

/** Lines with their line feeds; the last may have none. */
const linesOf = (text: string) => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

const count = (hunks: StructuredPatchHunk[], mark: string) =>
  hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.startsWith(mark)).length, 0)

import { collapsedLine, indentOf, shiftBetween } from "./text-indent"
import { findSimilarBlock } from "./text-similar"

/** A place in a text and what shall stand there. */
export interface Match {
  start: number
  end: number
  replacement: string
}

type Strategy = (text: string, wanted: string, replacement: string) => Match[]

/**
 * The places that `wanted` means, in order and without overlap. Tried from strict to tolerant, and the first way that finds
 * anything decides: a tolerant way never adds places to those of a stricter one. All texts have plain line feeds.
 */
export const findMatches: Strategy = (text, wanted, replacement) => {
  for (const strategy of STRATEGIES) {
    const matches = strategy(text, wanted, replacement)
    if (matches.length > 0) return matches
  }
  return []
}

const exact: Strategy = (text, wanted, replacement) => {
  const matches: Match[] = []
  if (wanted === "") return matches
  for (let start = text.indexOf(wanted); start !== -1; start = text.indexOf(wanted, start + wanted.length))
    matches.push({ start, end: start + wanted.length, replacement })
  return matches
}

/** Whole lines that are the same once `normal` has been applied to them. */
const byLines =
  (normal: (line: string) => string): Strategy =>
  (text, wanted, replacement) => {
    const asked = wanted.split("\n")
    const endsLine = asked.length > 1 && asked.at(-1) === ""
    if (endsLine) asked.pop()
    const keys = asked.map(normal)
    if (keys.every((key) => key.trim() === "")) return []
    const lines = text.split("\n")
    const normalLines = lines.map(normal)
    const starts = lineStarts(lines)
    const matches: Match[] = []
    for (let at = 0; at + keys.length <= lines.length; ) {
      if (!keys.every((key, index) => normalLines[at + index] === key)) {
        at++
        continue
      }
      const found = lines.slice(at, at + keys.length)
      const start = starts[at] ?? 0
      const end = start + found.join("\n").length
      const isLast = at + keys.length === lines.length
      const adapted = indentLike(found, asked, replacement)
      matches.push({
        start,
        end: endsLine && !isLast ? end + 1 : end,
        replacement: endsLine && isLast ? adapted.replace(/\n$/, "") : adapted,
      })
      at += keys.length
    }
    return matches
  }

/** White space around the wanted text does not count; what the replacement has in common with it is left out there too. */
const withinBounds: Strategy = (text, wanted, replacement) => {
  const core = wanted.trim()
  if (core === "" || core === wanted) return []
  const before = wanted.slice(0, wanted.indexOf(core))
  const after = wanted.slice(before.length + core.length)
  let inner = replacement
  if (before !== "") inner = inner.startsWith(before) ? inner.slice(before.length) : inner.trimStart()
  if (after !== "") inner = inner.endsWith(after) ? inner.slice(0, inner.length - after.length) : inner.trimEnd()
  const matches = exact(text, core, inner)
  return matches.length > 0 ? matches : wholeLines(text, core, inner)
}

/** The wanted text was escaped once too often (`\n` as two characters); then the replacement was as well. */
const unescaped: Strategy = (text, wanted, replacement) => {
  const plain = withoutEscapes(wanted)
  if (plain === wanted) return []
  return firstOf([exact, wholeLines, withinBounds])(text, plain, withoutEscapes(replacement))
}

/** The same words and signs with other white space between them, wherever lines begin and end. */
const byWords: Strategy = (text, wanted, replacement) => {
  const words = wanted.trim().split(/\s+/)
  if (words.length < 2) return []
  const edge = (word: string, at: number) => (/\w/.test(word.at(at) ?? "") ? "\\b" : "")
  const source = words.map((word) => word.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("\\s+")
  const pattern = new RegExp(`${edge(words[0] ?? "", 0)}${source}${edge(words.at(-1) ?? "", -1)}`, "g")
  return [...text.matchAll(pattern)].map((found) => ({
    start: found.index,
    end: found.index + found[0].length,
    replacement: replacement.trim(),
  }))
}

/** First and last line are there, and most of what is between them: only if one such block stands out. */
const bySimilarity: Strategy = (text, wanted, replacement) => {
  const lines = text.split("\n")
  const asked = wanted.replace(/^(\s*\n)+|\s+$/g, "").split("\n")
  const block = findSimilarBlock(lines.map(collapsedLine), asked.map(collapsedLine))
  if (!block) return []
  const found = lines.slice(block.start, block.start + block.length)
  const start = lineStarts(lines)[block.start] ?? 0
  const adapted = indentLike(found, asked, replacement.replace(/^(\s*\n)+|\s+$/g, ""))
  return [{ start, end: start + found.join("\n").length, replacement: adapted }]
}

const firstOf =
  (strategies: Strategy[]): Strategy =>
  (text, wanted, replacement) => {
    for (const strategy of strategies) {
      const matches = strategy(text, wanted, replacement)
      if (matches.length > 0) return matches
    }
    return []
  }

const wholeLines = firstOf([byLines((line) => line.trimEnd()), byLines((line) => line.trim()), byLines(collapsedLine)])

const STRATEGIES: Strategy[] = [exact, wholeLines, withinBounds, unescaped, byWords, bySimilarity]

/**
 * The replacement in the indentation of the place where it goes. `asked` was found as `found`: the first line keeps the
 * indentation of the file; the others are shifted if all lines of `found` are shifted by the same white space.
 */
function indentLike(found: string[], asked: string[], replacement: string): string {
  const [first = "", ...rest] = replacement.split("\n")
  const sameStart = indentOf(first) === indentOf(asked[0] ?? "")
  const head = sameStart && first.trim() !== "" ? indentOf(found[0] ?? "") + first.trimStart() : first
  const from = found.length > 1 ? 1 : 0
  const shift = shiftBetween(asked.slice(from), found.slice(from))
  return [head, ...rest.map((line) => shift(line))].join("\n")
}

function lineStarts(lines: string[]): number[] {
  let position = 0
  return lines.map((line) => {
    const start = position
    position += line.length + 1
    return start
  })
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r" }
const withoutEscapes = (text: string) => text.replace(/\\([ntr"'`\\$])/g, (_, sign: string) => ESCAPES[sign] ?? sign)

import type { Hunk, PatchLine } from "./patch-parse"
import { collapsedLine, shiftBetween } from "./text-indent"

/** From strict to tolerant: what two lines must have in common to be the same. */
const NORMALS: ((line: string) => string)[] = [
  (line) => line,
  (line) => line.trimEnd(),
  (line) => line.trim(),
  collapsedLine,
]
/** From this way of comparing on a place must be the only one. */
const TOLERANT = 2

/**
 * The text after the hunks. They are looked for one after another, each behind the one before. Lines that are kept stay as
 * the file has them. Throws when a place is not there, or not clear.
 */
export function applyHunks(text: string, hunks: Hunk[], path: string): string {
  const endsLine = text.endsWith("\n")
  const lines = text === "" ? [] : (endsLine ? text.slice(0, -1) : text).split("\n")
  const ending = lines.filter((line) => line.endsWith("\r")).length * 2 > lines.length ? "\r" : ""
  const result: string[] = []
  let position = 0
  for (const hunk of hunks) {
    const place = findPlace(lines.map(withoutReturn), hunk, position, path)
    result.push(...lines.slice(position, place.start), ...replaced(lines, place.lines, place.start, ending))
    position = place.start + place.lines.filter(({ kind }) => kind !== "+").length
  }
  result.push(...lines.slice(position))
  if (result.length === 0) return ""
  return result.join("\n") + (endsLine || text === "" ? "\n" : "")
}

interface Place {
  start: number
  /** Of the hunk, less what could not be found at its end. */
  lines: PatchLine[]
}

function findPlace(lines: string[], hunk: Hunk, from: number, path: string): Place {
  const { start: scope, anchor } = findScope(lines, hunk.anchors, from, path)
  const old = hunk.lines.filter(({ kind }) => kind !== "+").map(({ text }) => text)
  if (old.length === 0) return { start: hunk.anchors.length > 0 ? scope : lines.length, lines: hunk.lines }
  // The anchor may be repeated as the first line of the hunk.
  const start = findSequence(lines, old, scope, hunk.atEnd) ?? findSequence(lines, old, anchor, hunk.atEnd)
  if (start !== undefined) return { start, lines: hunk.lines }
  const last = hunk.lines.at(-1)
  if (last?.kind === " " && last.text === "" && hunk.lines.length > 1)
    return findPlace(lines, { ...hunk, lines: hunk.lines.slice(0, -1) }, from, path)
  throw new Error(`These lines are not in ${path}, or not behind the change before:\n${old.join("\n")}`)
}

/** Where to look from: behind the last anchor. `anchor` is the line of that anchor itself. */
function findScope(lines: string[], anchors: string[], from: number, path: string) {
  let start = from
  let anchor = from
  for (const text of anchors) {
    const found = findSequence(lines, [text], start, false)
    if (found === undefined) throw new Error(`There is no line ${JSON.stringify(text)} in ${path} to begin at`)
    anchor = found
    start = found + 1
  }
  return { start, anchor }
}

/** The first place of the lines at or after `from`. Compared tolerantly, there may be no second one. */
function findSequence(lines: string[], wanted: string[], from: number, atEnd: boolean): number | undefined {
  for (const [level, normal] of NORMALS.entries()) {
    const keys = wanted.map(normal)
    const places: number[] = []
    for (let at = from; at + keys.length <= lines.length; at++)
      if (keys.every((key, index) => normal(lines[at + index] ?? "") === key)) places.push(at)
    const last = places.at(-1)
    if (atEnd && last !== undefined && last + keys.length === lines.length) return last
    if (places.length > 1 && level >= TOLERANT)
      throw new Error(`The lines are in more than one place; give more context:\n${wanted.join("\n")}`)
    if (places.length > 0) return places[0]
  }
  return undefined
}

function replaced(lines: string[], hunk: PatchLine[], start: number, ending: string): string[] {
  const old = hunk.filter(({ kind }) => kind !== "+").map(({ text }) => text)
  const shift = shiftBetween(old, lines.slice(start, start + old.length))
  const result: string[] = []
  let at = start
  for (const { kind, text } of hunk) {
    if (kind === "+") result.push(shift(text) + ending)
    else {
      const own = lines[at++] ?? ""
      if (kind === " ") result.push(own)
    }
  }
  return result
}

const withoutReturn = (line: string) => (line.endsWith("\r") ? line.slice(0, -1) : line)

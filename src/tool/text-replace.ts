import { findMatches, type Match } from "./text-match"

/**
 * Replaces the one place that `wanted` means, or with `all` every one. Line feeds match whatever ends the lines of the text,
 * and the replacement gets those endings; the rest of the text stays as it is, byte by byte. Throws when there is no such
 * place, or more than one.
 */
export function replaceText(text: string, wanted: string, replacement: string, all: boolean): string {
  const plain = withLineFeeds(text)
  const matches = findMatches(plain, withLineFeeds(wanted), withLineFeeds(replacement))
  if (matches.length === 0)
    throw new Error(
      "Could not find oldString in the file. It must match exactly, including whitespace, indentation, and line endings.",
    )
  if (matches.length > 1 && !all)
    throw new Error("Found multiple matches for oldString. Provide more surrounding context to make the match unique.")
  const changed = text === plain ? applied(text, matches) : applied(text, withOriginalEndings(text, plain, matches))
  if (changed === text) throw new Error("No changes to apply: the file already has the text of newString there.")
  return changed
}

const withLineFeeds = (text: string) => text.replaceAll("\r\n", "\n")

function applied(text: string, matches: Match[]): string {
  let result = ""
  let position = 0
  for (const { start, end, replacement } of matches) {
    result += text.slice(position, start) + replacement
    position = end
  }
  return result + text.slice(position)
}

/** The matches in the places of the original text, their replacements with the line ending that is used there. */
function withOriginalEndings(text: string, plain: string, matches: Match[]): Match[] {
  const pairs = endingsBefore(text)
  const mostly = pairs.length * 2 > plain.split("\n").length - 1
  const original = (offset: number) => offset + countBelow(pairs, offset)
  return matches.map((match) => {
    const start = original(match.start)
    const end = original(match.end)
    const replaced = text.slice(start, end)
    const carriage = replaced.includes("\n") ? replaced.includes("\r\n") : mostly
    return { start, end, replacement: carriage ? match.replacement.replaceAll("\n", "\r\n") : match.replacement }
  })
}

/** Where the text without carriage returns has the line feeds that had one; ascending. */
function endingsBefore(text: string): number[] {
  const offsets: number[] = []
  for (let at = text.indexOf("\r\n"); at !== -1; at = text.indexOf("\r\n", at + 2)) offsets.push(at - offsets.length)
  return offsets
}

function countBelow(sorted: number[], limit: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < limit) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The way from the indentation of `asked` to that of `found`, which are the same lines of text: adds or removes the white
 * space by which all of them differ. Without such a common shift it changes nothing.
 */
export function shiftBetween(asked: string[], found: string[]): (line: string) => string {
  const pairs = asked.flatMap((line, index) => {
    const own = found[index] ?? ""
    return line.trim() === "" || own.trim() === "" ? [] : [[indentOf(line), indentOf(own)] as const]
  })
  const [first] = pairs
  const same = (line: string) => line
  if (!first) return same
  const [from, to] = first
  const added = to.endsWith(from) ? to.slice(0, to.length - from.length) : undefined
  if (added && pairs.every(([a, b]) => b === added + a)) return (line) => (line.trim() === "" ? line : added + line)
  const removed = from.endsWith(to) ? from.slice(0, from.length - to.length) : undefined
  if (removed && pairs.every(([a, b]) => a === removed + b))
    return (line) => (line.startsWith(removed) ? line.slice(removed.length) : line)
  return same
}

/** The white space at the beginning of a line. */
export const indentOf = (line: string): string => line.slice(0, line.length - line.trimStart().length)

/** A line in a form in which white space and typographic signs no longer matter. */
export const collapsedLine = (line: string): string =>
  line
    .replace(/[\u2018\u2019\u201A\u2032]/g, "'")
    .replace(/[\u201C\u201D\u201E\u2033]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .trim()
    .replace(/\s+/g, " ")

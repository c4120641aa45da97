/** Characters of a long line that are kept. */
const KEPT = 4000
/** Characters in which what follows the line is looked for at a time, beside the new ones. */
const WINDOW = 16 * 1024
const CUT = " [the rest of this line is left out]"

const HEAD = /^\{"type":"match","data":\{"path":\{"(?:text|bytes)":"(?:[^"\\]|\\.)*"\},"lines":\{"(text|bytes)":"/
// Inside of the line's text every quotation mark has a backslash before it.
const PLACE = /"\},"line_number":\d+,"absolute_offset":\d+,"submatches":\[/
const SUBMATCH = /^\{"match":\{"text":"(?:[^"\\]|\\.)*"\},"start":\d+,"end":\d+\}/

/**
 * Shortens a match in ripgrep's JSON while it passes, as it may have no end (a file of one line): `add` takes its text piece by
 * piece, `end` answers the match with the head of its line, its place and its first hit; undefined when it is no match.
 */
export function createLineShortener() {
  let head = ""
  let window = ""
  let place = ""
  let submatches = ""

  const add = (text: string) => {
    if (head.length < WINDOW) head += text.slice(0, WINDOW - head.length)
    if (place) {
      if (submatches.length < WINDOW) submatches += text.slice(0, WINDOW - submatches.length)
      return
    }
    const looked = window + text
    const found = PLACE.exec(looked)
    if (found) {
      place = found[0]
      submatches = looked.slice(found.index + place.length, found.index + place.length + WINDOW)
    } else window = looked.slice(-WINDOW)
  }
  const end = (): string | undefined => {
    const [before, kind] = HEAD.exec(head) ?? []
    if (before === undefined || !place) return undefined
    const kept = head.slice(before.length, before.length + KEPT)
    const line = kind === "bytes" ? kept.slice(0, kept.length - (kept.length % 4)) : `${withoutHalf(kept)}${CUT}`
    return `${before}${line}${place}${SUBMATCH.exec(submatches)?.[0] ?? ""}]}}`
  }
  return { add, end }
}

/** Without half an escape at its end. */
function withoutHalf(text: string): string {
  const half = /\\u[0-9a-fA-F]{0,3}$/.exec(text)
  const open = half ? text.slice(0, half.index + 1) : text
  const backslashes = /\\*$/.exec(open)?.[0].length ?? 0
  return backslashes % 2 === 1 ? open.slice(0, -1) : text
}

/** One line of a hunk: kept, removed or added. */
export interface PatchLine {
  kind: " " | "-" | "+"
  text: string
}

export interface Hunk {
  /** Lines, from the outside in, behind which the hunk is to be looked for. */
  anchors: string[]
  lines: PatchLine[]
  /** The hunk belongs to the end of the file. */
  atEnd: boolean
}

/** What a patch wants to happen with one file. */
export type FileChange =
  | { type: "add"; path: string; text: string }
  | { type: "delete"; path: string }
  | { type: "update"; path: string; moveTo?: string; hunks: Hunk[] }

const BEGIN = "*** Begin Patch"
const END = "*** End Patch"
const HEADER = /^\*\*\* (Add|Delete|Update) File: *(.+?) *$/
const MOVE = /^\*\*\* Move to: *(.+?) *$/
const END_OF_FILE = "*** End of File"

/** Parses a patch between its Begin and End markers; what stands around them (quotes, a here-document) does not matter. */
export function parsePatch(patchText: string): FileChange[] {
  const all = patchText.replaceAll("\r\n", "\n").split("\n")
  const begin = all.findIndex((line) => line.trim() === BEGIN)
  const end = all.findLastIndex((line) => line.trim() === END)
  if (begin === -1 || end < begin) throw new Error("A patch begins with *** Begin Patch and ends with *** End Patch")
  const lines = all.slice(begin + 1, end)
  const changes: FileChange[] = []
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? ""
    const header = HEADER.exec(line)
    if (!header) {
      if (line.trim() !== "")
        throw new Error(`Invalid patch format: expected a file header, got ${JSON.stringify(line)}`)
      at++
      continue
    }
    const next = lines.findIndex((each, index) => index > at && HEADER.test(each))
    const body = lines.slice(at + 1, next === -1 ? lines.length : next)
    changes.push(parseChange(header[1] ?? "", header[2] ?? "", body))
    at += body.length + 1
  }
  return changes
}

function parseChange(verb: string, path: string, body: string[]): FileChange {
  if (verb === "Delete") {
    const extra = body.find((line) => line.trim() !== "")
    if (extra !== undefined)
      throw new Error(`Invalid patch format: unexpected line after Delete File ${path}: ${JSON.stringify(extra)}`)
    return { type: "delete", path }
  }
  if (verb === "Add") return { type: "add", path, text: parseAdded(path, body) }
  const move = MOVE.exec(body[0] ?? "")?.[1]
  const hunks = parseHunks(path, move === undefined ? body : body.slice(1))
  if (hunks.length === 0 && move === undefined)
    throw new Error(`Invalid patch format: Update File ${path} has no changes`)
  return { type: "update", path, ...(move !== undefined && { moveTo: move }), hunks }
}

function parseAdded(path: string, body: string[]): string {
  const lines = withoutBlankEnd(body)
  const bad = lines.find((line) => !line.startsWith("+"))
  if (bad !== undefined)
    throw new Error(`Invalid patch format: lines of Add File ${path} begin with +, got ${JSON.stringify(bad)}`)
  return lines.map((line) => `${line.slice(1)}\n`).join("")
}

function parseHunks(path: string, body: string[]): Hunk[] {
  const hunks: Hunk[] = []
  let hunk: Hunk | undefined
  const open = () => {
    hunk = { anchors: [], lines: [], atEnd: false }
    hunks.push(hunk)
    return hunk
  }
  for (const line of withoutBlankEnd(body)) {
    if (line === END_OF_FILE) {
      if (hunk) hunk.atEnd = true
      hunk = undefined
    } else if (line.startsWith("@@")) {
      // Several anchors in a row belong to one hunk: a class, then a function in it.
      const current = hunk && hunk.lines.length === 0 ? hunk : open()
      const anchor = anchorText(line)
      if (anchor !== "") current.anchors.push(anchor)
    } else {
      const kind = line === "" ? " " : line[0]
      if (kind !== " " && kind !== "-" && kind !== "+")
        throw new Error(
          `Invalid patch format: lines of Update File ${path} begin with a space, - or +, got ${JSON.stringify(line)}`,
        )
      const current = hunk ?? open()
      current.lines.push({ kind, text: line.slice(1) })
    }
  }
  return hunks.filter((each) => each.lines.length > 0)
}

/** `@@ text`, also `@@ text @@`; the line numbers of other diff formats (`@@ -1,3 +1,4 @@ text`) say nothing here. */
const anchorText = (line: string) =>
  line
    .slice(2)
    .replace(/^ -\d+(,\d+)? \+\d+(,\d+)? @@/, "")
    .replace(/ ?@@\s*$/, "")
    .replace(/^ /, "")
    .trimEnd()

function withoutBlankEnd(lines: string[]): string[] {
  const last = lines.findLastIndex((line) => line !== "")
  return lines.slice(0, last + 1)
}

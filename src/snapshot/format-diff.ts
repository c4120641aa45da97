import type { SnapshotFileDiff } from "../schema/snapshot"

type FileDiff = Required<SnapshotFileDiff>

const RULE = "=".repeat(67)
const HUNK = /^@@ -(\S+) \+(\S+) @@[^\n]*/
const STATUS: Record<string, FileDiff["status"]> = { A: "added", D: "deleted" }

/** What `git diff-tree -z --raw --numstat` printed: the files with their numbers, without texts. */
export function parseRawDiff(output: Uint8Array): FileDiff[] {
  return parseHead(new TextDecoder().decode(output)).files.map(({ sections, ...file }) => file)
}

/** The same with `-p` and the whole file as context: the files with their texts, in the form that clients show. */
export function formatFileDiffs(output: Uint8Array): FileDiff[] {
  const text = new TextDecoder().decode(output)
  const { files, end } = parseHead(text)
  // A NUL divides numbers and texts. Every line of a file's content begins with a sign, so "diff" cannot be one.
  const texts = `\n${text.slice(end).replace(/^\0/, "")}`.split("\ndiff --git ").slice(1)
  let next = 0
  return files.map(({ sections, ...file }) => {
    const own = texts.slice(next, next + sections)
    next += sections
    return { ...file, patch: patchOf(file.file, own) }
  })
}

interface Head {
  /** `sections`: how many parts of the text are this file's. */
  files: (FileDiff & { sections: number })[]
  /** Where the texts begin. */
  end: number
}

function parseHead(text: string): Head {
  const files = new Map<string, FileDiff & { sections: number }>()
  let at = 0
  const field = () => {
    const end = text.indexOf("\0", at)
    const value = text.slice(at, end)
    at = end + 1
    return value
  }
  while (text[at] === ":") {
    const letter = field().split(" ")[4]?.[0] ?? "M"
    const file = field()
    // A change of kind (file to link) is shown as a removal and an addition.
    const sections = letter === "T" ? 2 : 1
    files.set(file, { file, patch: "", additions: 0, deletions: 0, status: STATUS[letter] ?? "modified", sections })
  }
  while (/[\d-]/.test(text[at] ?? "")) {
    const [additions = "", deletions = "", path = ""] = splitTabs(field())
    const known = files.get(path)
    if (!known) continue
    // "-" stands for a binary file.
    known.additions += Number.parseInt(additions, 10) || 0
    known.deletions += Number.parseInt(deletions, 10) || 0
  }
  return { files: [...files.values()], end: at }
}

/** At the first two tabs only: the path may hold more. */
function splitTabs(line: string) {
  const first = line.indexOf("\t")
  const second = line.indexOf("\t", first + 1)
  return [line.slice(0, first), line.slice(first + 1, second), line.slice(second + 1)]
}

function patchOf(file: string, sections: string[]): string {
  const bodies: string[] = []
  for (const section of sections) {
    const start = section.indexOf("\n@@ ")
    if (start < 0 && section.includes("\nBinary files ")) return ""
    // Cutting between the texts took the last line end away, except from the very last.
    if (start >= 0)
      bodies.push(
        `${section
          .slice(start + 1)
          .replace(/\n$/, "")
          .replace(HUNK, writeOut)}\n`,
      )
  }
  return `Index: ${file}\n${RULE}\n--- ${file}\t\n+++ ${file}\t\n${bodies.join("")}`
}

/** Git leaves out a count of 1; clients are used to seeing it. */
const writeOut = (_: string, before: string, after: string) => `@@ -${counted(before)} +${counted(after)} @@`

const counted = (range: string) => (range.includes(",") ? range : `${range},1`)

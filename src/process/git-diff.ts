/** One file of a diff. */
export interface GitFileDiff {
  /** Relative to the root of the worktree, with `/`. */
  file: string
  additions: number
  deletions: number
  status: "added" | "deleted" | "modified"
  binary: boolean
  /** Its text, from `diff --git` on, each part with its line end. Two parts when a file became a link or the reverse. */
  sections: string[]
}

const STATUS: Record<string, GitFileDiff["status"]> = { A: "added", D: "deleted" }

/** Reads what git printed for `--no-renames --raw --numstat -z`, with or without `-p`. In the order of the paths. */
export function parseGitDiff(output: Uint8Array): GitFileDiff[] {
  const text = new TextDecoder().decode(output)
  const files = new Map<string, GitFileDiff>()
  const counts = new Map<string, number>()
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
    counts.set(file, letter === "T" ? 2 : 1)
    const status = STATUS[letter] ?? "modified"
    files.set(file, { file, additions: 0, deletions: 0, status, binary: false, sections: [] })
  }
  while (/[\d-]/.test(text[at] ?? "")) {
    const [additions, deletions, path] = splitTabs(field())
    const known = files.get(path)
    if (!known) continue
    known.binary ||= additions === "-"
    known.additions += Number.parseInt(additions, 10) || 0
    known.deletions += Number.parseInt(deletions, 10) || 0
  }
  const sections = splitSections(text.slice(at))
  let next = 0
  for (const file of files.values()) {
    const count = counts.get(file.file) ?? 1
    file.sections = sections.slice(next, next + count)
    next += count
  }
  return [...files.values()]
}

/** Every line of a file's content begins with a sign, so a line with "diff --git" begins the next file. */
function splitSections(text: string): string[] {
  // A NUL divides numbers and texts.
  const [, ...parts] = `\n${text.replace(/^\0/, "")}`.split("\ndiff --git ")
  return parts.map((part) => `diff --git ${part}${part.endsWith("\n") ? "" : "\n"}`)
}

/** At the first two tabs only: the path may hold more. */
function splitTabs(line: string): [string, string, string] {
  const first = line.indexOf("\t")
  const second = line.indexOf("\t", first + 1)
  return [line.slice(0, first), line.slice(first + 1, second), line.slice(second + 1)]
}

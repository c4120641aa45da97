import { type Candidate, candidate } from "./fuzzy"

/** The files of a directory tree and the directories that hold them, prepared for matching. */
export interface PathTree {
  add(file: string): void
  /** Removes a file, or a directory with all that is in it. */
  remove(path: string): void
  hasDirectory(path: string): boolean
  list(type?: "file" | "directory"): readonly Candidate[]
}

interface Directory {
  candidate: Candidate
  /** Files in it, at any depth. */
  files: number
}

/** A tree of relative paths with slashes. The top is a directory of its own, `/`. */
export function createPathTree(paths: string[]): PathTree {
  const files = new Map<string, Candidate>()
  const directories = new Map<string, Directory>()
  let all: readonly Candidate[] | undefined

  const count = (file: string, by: 1 | -1) => {
    for (const parent of parentsOf(file)) {
      const known = directories.get(parent) ?? { candidate: candidate(`${parent}/`, true), files: 0 }
      known.files += by
      if (known.files > 0) directories.set(parent, known)
      else directories.delete(parent)
    }
  }
  const add = (file: string) => {
    if (files.has(file)) return
    files.set(file, candidate(file, false))
    count(file, 1)
    all = undefined
  }
  const removeFile = (file: string) => {
    if (!files.delete(file)) return
    count(file, -1)
    all = undefined
  }
  for (const path of paths) add(path)

  return {
    add,
    remove(path) {
      removeFile(path)
      if (directories.has(path)) for (const file of [...files.keys()]) if (file.startsWith(`${path}/`)) removeFile(file)
    },
    hasDirectory: (path) => directories.has(path),
    list(type) {
      if (type === "file") return [...files.values()]
      const own = [...directories.values()].map((each) => each.candidate)
      if (type === "directory") return own
      all ??= [...files.values(), ...own]
      return all
    },
  }
}

/** The directories above a file; the top is the empty text. */
function parentsOf(file: string): string[] {
  const parents = [""]
  for (let at = file.indexOf("/"); at !== -1; at = file.indexOf("/", at + 1)) parents.push(file.slice(0, at))
  return parents
}

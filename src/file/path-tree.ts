import { type Candidate, candidate, type PathList, pathList } from "./path-list"

/** The files of a directory tree and the directories that hold them, prepared for matching. */
export interface PathTree {
  add(file: string): void
  /** Removes a file, or a directory with all that is in it. */
  remove(path: string): void
  hasDirectory(path: string): boolean
  list(type?: "file" | "directory"): PathList
}

interface Directory {
  path: string
  parent: Directory | undefined
  candidate: Candidate
  /** Files in it, at any depth. */
  files: number
}

/** A tree of relative paths with slashes. The top is a directory of its own, `/`. */
export function createPathTree(paths: string[]): PathTree {
  const files = new Map<string, Candidate>()
  const directories = new Map<string, Directory>()
  const lists = new Map<"file" | "directory" | undefined, PathList>()

  const directoryOf = (path: string): Directory => {
    const own = path.lastIndexOf("/")
    const name = own === -1 ? "" : path.slice(0, own)
    const known = directories.get(name)
    if (known) return known
    const parent = name === "" ? undefined : directoryOf(name)
    const directory = { path: name, parent, candidate: candidate(`${name}/`), files: 0 }
    directories.set(name, directory)
    return directory
  }
  const count = (file: string, by: 1 | -1) => {
    for (let each: Directory | undefined = directoryOf(file); each; each = each.parent) {
      each.files += by
      if (each.files === 0) directories.delete(each.path)
    }
    lists.clear()
  }
  const add = (file: string) => {
    if (files.has(file)) return
    files.set(file, candidate(file))
    count(file, 1)
  }
  const removeFile = (file: string) => {
    if (files.delete(file)) count(file, -1)
  }
  for (const path of paths) add(path)

  const candidates = (type?: "file" | "directory") => [
    ...(type === "directory" ? [] : files.values()),
    ...(type === "file" ? [] : directories.values().map((each) => each.candidate)),
  ]
  return {
    add,
    remove(path) {
      removeFile(path)
      if (directories.has(path)) for (const file of [...files.keys()]) if (file.startsWith(`${path}/`)) removeFile(file)
    },
    hasDirectory: (path) => directories.has(path),
    list(type) {
      const list = lists.get(type) ?? pathList(candidates(type))
      lists.set(type, list)
      return list
    },
  }
}

import { readFile, stat } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"

/** A git checkout as its files show it. All paths absolute. */
export interface Repository {
  /** Root of this checkout. */
  worktree: string
  /** Where the objects are: shared by all worktrees of the repository. */
  commonDirectory: string
  /** Root of the main checkout, which linked worktrees were made from; of a submodule or of a bare repository's worktree itself. */
  mainWorktree: string
}

/**
 * The git checkout that holds `directory`, which need not exist; found by looking at files alone, as starting git for
 * each new directory costs more than all the rest of a request.
 */
export async function findRepository(directory: string): Promise<Repository | undefined> {
  for (let at = directory; ; at = dirname(at)) {
    const gitDirectory = await findGitDirectory(at)
    if (gitDirectory) return describe(at, gitDirectory)
    if (dirname(at) === at) return undefined
  }
}

async function findGitDirectory(worktree: string) {
  const entry = join(worktree, ".git")
  const info = await stat(entry).catch(() => undefined)
  if (!info) return undefined
  const target = info.isDirectory() ? entry : await readPointer(entry, /^gitdir: (.+?)\s*$/)
  // What has no HEAD is no repository to git either.
  return target && (await stat(join(target, "HEAD")).catch(() => undefined)) ? target : undefined
}

async function describe(worktree: string, gitDirectory: string): Promise<Repository> {
  const shared = await readPointer(join(gitDirectory, "commondir"), /^(.+?)\s*$/)
  const commonDirectory = shared ?? gitDirectory
  const linked = shared !== undefined && basename(commonDirectory) === ".git"
  return { worktree, commonDirectory, mainWorktree: linked ? dirname(commonDirectory) : worktree }
}

/** The path that a small file of git points to, taken from the file's own directory. */
async function readPointer(file: string, form: RegExp) {
  const text = await readFile(file, "utf8").catch(() => undefined)
  const path = text?.match(form)?.[1]
  return path === undefined ? undefined : resolve(dirname(file), path)
}

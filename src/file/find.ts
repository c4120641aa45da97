import { isAbsolute, relative, sep } from "node:path"
import { contains, realPath } from "../base/path"
import type { Instance } from "../instance/instance"
import { isFilesystemRoot } from "./containment"
import { indexedPaths } from "./file-index"
import { findBest, findShortest } from "./fuzzy"

const DEFAULT_LIMIT = 10

export interface FileQuery {
  query: string
  /** Only files, or only directories. */
  type?: "file" | "directory"
  /** Older form of `type`: false means only files. */
  dirs?: boolean
  /** Default 10. */
  limit?: number
}

/**
 * Paths of the project that somebody may mean by a few letters, relative to its directory, the best first; directories end
 * with a slash. Ignored ones are left out. Without letters the shortest paths: files, unless directories are asked for.
 * Nothing in a home directory or the root of a disk: clients then go through it directory by directory.
 */
export async function findFiles(
  instance: Instance,
  { query, type, dirs = true, limit = DEFAULT_LIMIT }: FileQuery,
): Promise<string[]> {
  const only = type ?? (dirs ? undefined : "file")
  const text = relativeQuery(instance, query)
  if (await isTooWide(instance)) return []
  if (text === "") return findShortest(await indexedPaths(instance, only ?? "file"), limit)
  return findBest(await indexedPaths(instance, only), text, limit)
}

/** What holds everything somebody has is no project; to list and watch it would take minutes. */
async function isTooWide({ app, directory, worktree }: Instance): Promise<boolean> {
  if (contains(worktree, directory) && !isFilesystemRoot(worktree)) return false
  return isFilesystemRoot(directory) || directory === (await realPath(app.paths.home))
}

function relativeQuery({ directory }: Instance, query: string): string {
  const text = query.trim()
  const inside = isAbsolute(text) && contains(directory, text) ? relative(directory, text) : text
  return inside.split(sep).join("/").replace(/^\.\//, "")
}

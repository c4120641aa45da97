import { isAbsolute, relative, sep } from "node:path"
import type { Instance } from "../instance/instance"
import { indexedPaths } from "./file-index"
import { findBest } from "./fuzzy"

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
 */
export async function findFiles(
  instance: Instance,
  { query, type, dirs = true, limit = DEFAULT_LIMIT }: FileQuery,
): Promise<string[]> {
  const only = type ?? (dirs ? undefined : "file")
  const text = relativeQuery(instance, query)
  const candidates = await indexedPaths(instance, text === "" ? (only ?? "file") : only)
  if (text !== "") return findBest(candidates, text, limit)
  return candidates
    .map(({ path }) => path)
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
    .slice(0, limit)
}

function relativeQuery({ directory }: Instance, query: string): string {
  const text = query.trim()
  const inside = isAbsolute(text) && text.startsWith(directory) ? relative(directory, text) : text
  return inside.split(sep).join("/").replace(/^\.\//, "")
}

import { realpath } from "node:fs/promises"
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path"

/** Where the server keeps its files, and what it takes for the user's home. All absolute. */
export interface Paths {
  home: string
  config: string
  data: string
  state: string
  cache: string
  temp: string
}

/** Whether `path` is `directory` or below it. Both absolute; looks at the names only, not at links. */
export function contains(directory: string, path: string): boolean {
  const rest = relative(directory, path)
  return rest === "" || (rest !== ".." && !rest.startsWith(`..${sep}`) && !isAbsolute(rest))
}

/**
 * The real path behind `path`, links resolved; for one that does not exist (yet), the real path of its nearest existing
 * parent with the rest appended. So a link to the outside is seen before a file is made behind it.
 */
export async function realPath(path: string): Promise<string> {
  const absolute = resolve(path)
  try {
    return await realpath(absolute)
  } catch {
    const parent = dirname(absolute)
    return parent === absolute ? absolute : join(await realPath(parent), basename(absolute))
  }
}

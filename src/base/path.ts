import { readlink, realpath, stat } from "node:fs/promises"
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

/** More links than any system follows: it is a loop. */
const MAX_LINKS = 40

/**
 * The real path behind `path`, links resolved; for one that does not exist (yet), the real path of its nearest existing
 * parent with the rest appended. So a link to the outside is seen before a file is made behind it, also when it leads
 * to nothing yet.
 */
export const realPath = (path: string): Promise<string> => follow(resolve(path), 0)

async function follow(path: string, links: number): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const parent = dirname(path)
    if (parent === path) return path
    const realParent = await follow(parent, links)
    const own = join(realParent, basename(path))
    const target = links < MAX_LINKS ? await readlink(own).catch(() => undefined) : undefined
    return target === undefined ? own : follow(resolve(realParent, target), links + 1)
  }
}

/** Whether there is a directory at `path`, at the end of links too. */
export const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

import { readdir } from "node:fs/promises"
import { dirname } from "node:path"
import { contains } from "./path"

/** `from` and the directories above it up to `top`, the nearest first. Only `from` when it is not below `top`. */
export function parentsUpTo(from: string, top: string): string[] {
  const found = [from]
  for (let each = from; each !== top && contains(top, each); ) {
    each = dirname(each)
    found.push(each)
  }
  return found
}

/**
 * The nearest directory, from `from` up to `top`, that has an entry with one of the names; a name like `*.sln` stands for all that
 * end so. Answers the entry, too. Directories that cannot be read count as empty.
 */
export async function findUp(
  names: readonly string[],
  from: string,
  top: string,
): Promise<{ directory: string; name: string } | undefined> {
  for (const directory of parentsUpTo(from, top)) {
    const entries = await readdir(directory).catch(() => [])
    const name = entries.find((entry) => names.some((each) => fits(entry, each)))
    if (name !== undefined) return { directory, name }
  }
  return undefined
}

const fits = (entry: string, name: string) => (name.startsWith("*.") ? entry.endsWith(name.slice(1)) : entry === name)

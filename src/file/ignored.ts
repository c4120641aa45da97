import { readFile, stat } from "node:fs/promises"
import { dirname, join, relative, sep } from "node:path"
import type { Ignore } from "ignore"
import { contains } from "../base/path"
import type { Instance } from "../instance/instance"
import { projectRoot } from "./containment"

/** A bigger one is not an ignore file that somebody wrote. */
const MAX_SIZE = 512 * 1024
/** As git does by default on these systems. */
const IGNORES_CASE = process.platform === "darwin" || process.platform === "win32"

/** Whether a path is ignored. `path` is absolute and inside of the project. */
export type IgnoreCheck = (path: string, isDirectory: boolean) => Promise<boolean>

/**
 * A check by the rules of git: `.gitignore` and `.ignore` of every directory from the project's root down, and the
 * repository's own `info/exclude`. What is in an ignored directory is ignored. Files are read once per check made here.
 */
export async function createIgnoreCheck(instance: Instance): Promise<IgnoreCheck> {
  const { default: ignore } = await import("ignore")
  const root = projectRoot(instance)
  const rules = new Map<string, Promise<Ignore | undefined>>()
  const directories = new Map<string, Promise<boolean>>()

  const rulesOf = (directory: string) => {
    const known = rules.get(directory)
    if (known) return known
    const names = [".gitignore", ".ignore"]
    if (directory === root) names.unshift(join(".git", "info", "exclude"))
    const loading = Promise.all(names.map((name) => readRules(join(directory, name)))).then((texts) =>
      texts.every((text) => text === "") ? undefined : ignore({ ignorecase: IGNORES_CASE }).add(texts.join("\n")),
    )
    rules.set(directory, loading)
    return loading
  }

  const isIgnoredDirectory = (path: string): Promise<boolean> => {
    if (path === root || !contains(root, path)) return Promise.resolve(false)
    const known = directories.get(path)
    if (known) return known
    const checking = check(path, true)
    directories.set(path, checking)
    return checking
  }

  const check: IgnoreCheck = async (path, isDirectory) => {
    if (path === root || !contains(root, path)) return false
    const parent = dirname(path)
    if (await isIgnoredDirectory(parent)) return true
    // The rules nearest to the path win.
    for (let directory = parent; contains(root, directory); directory = dirname(directory)) {
      const own = await rulesOf(directory)
      const name = relative(directory, path).split(sep).join("/")
      const verdict = own?.test(isDirectory ? `${name}/` : name)
      if (verdict?.ignored) return true
      if (verdict?.unignored) return false
      if (directory === dirname(directory)) break
    }
    return false
  }
  return check
}

async function readRules(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined)
  return found?.isFile() && found.size <= MAX_SIZE ? readFile(file, "utf8") : ""
}

import { existsSync } from "node:fs"
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path"
import { parentsUpTo } from "../base/find-up"
import { contains } from "../base/path"
import type { Instance } from "../instance/instance"
import { childEnvironment } from "../process/child-environment"
import { usesProjectConfig } from "./directories"

/** Where the package managers of a project put its programs, below its directories. */
const PROJECT_BINARIES =
  process.platform === "win32"
    ? ["node_modules/.bin", ".venv/Scripts", "venv/Scripts", "vendor/bin"]
    : ["node_modules/.bin", ".venv/bin", "venv/bin", "vendor/bin"]

/** The outermost directory that belongs to the project: root of the git checkout, or the instance's directory outside of git. */
export const projectTop = ({ worktree, directory }: Instance) =>
  dirname(worktree) !== worktree && contains(worktree, directory) ? worktree : directory

/**
 * The file of a program, for work below the directory `from`: the project's own version (nearest first), then what PATH has.
 * A name with a slash is a path from the instance's directory. Nothing is ever downloaded.
 *
 * Starting the project's own version runs code of the checkout, as its configuration can; so both have the same switch
 * (`OPENCODE_DISABLE_PROJECT_CONFIG`).
 */
export function findProgram(instance: Instance, name: string, from: string): string | undefined {
  if (/[\\/]/.test(name)) return find(resolve(instance.directory, name), "")
  return find(name, searchPath(instance, from))
}

/** The environment of such a program: it finds others as it was found itself. `own` wins. */
export function programEnvironment(instance: Instance, from: string, own: Record<string, string> = {}) {
  return { ...childEnvironment(instance.app.env), PATH: searchPath(instance, from), ...own }
}

const find = (name: string, path: string) => Bun.which(name, { PATH: path }) ?? undefined

function searchPath(instance: Instance, from: string): string {
  const own = usesProjectConfig(instance.app)
    ? parentsUpTo(from, projectTop(instance))
        .flatMap((directory) => PROJECT_BINARIES.map((name) => join(directory, name)))
        .filter((directory) => existsSync(directory))
    : []
  // A relative entry would lead into the checkout.
  const system = (instance.app.env.PATH ?? "").split(delimiter).filter(isAbsolute)
  return [...own, ...system].join(delimiter)
}

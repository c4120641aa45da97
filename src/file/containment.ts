import { isAbsolute, join, resolve } from "node:path"
import { badRequest } from "../base/error"
import { contains, realPath } from "../base/path"
import type { Instance } from "../instance/instance"

/** The directory that project paths are relative to: the git checkout, or the instance's directory outside of git. */
export const projectRoot = ({ worktree, directory }: Instance): string =>
  contains(worktree, directory) && !isFilesystemRoot(worktree) ? worktree : directory

/**
 * Whether a real path is inside of the project. Our own data (credentials, database) never is, even if somebody works in
 * their home directory; checkouts that we made below it are.
 */
export function isInside(instance: Instance, real: string): boolean {
  const { data } = instance.app.paths
  if (contains(data, real) && !contains(join(data, "worktree"), real)) return false
  return contains(instance.directory, real) || contains(projectRoot(instance), real)
}

/**
 * The real path behind a path that a client named, relative to the instance's directory or absolute. Throws a 400 when it
 * is or leads outside of the project.
 */
export async function containedPath(instance: Instance, path: string): Promise<string> {
  if (path.includes("\0")) throw badRequest("A path cannot hold a NUL character", "Query")
  const real = await realPath(resolve(instance.directory, path))
  if (!isInside(instance, real)) throw badRequest(`The path is outside of the project: ${path}`, "Query")
  return real
}

/** Whether a path is the root of a disk. A worktree of `/` means that there is none. */
export const isFilesystemRoot = (path: string) => isAbsolute(path) && resolve(path, "..") === path

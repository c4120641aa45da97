import { basename, dirname, join, relative, resolve } from "node:path"
import { contains, realPath } from "../base/path"
import { isInside, projectRoot } from "../file/containment"
import type { Instance } from "../instance/instance"
import type { ToolContext } from "./tool"

/** A file or directory that a model named. */
export interface Target {
  /** Absolute, as the model spelled it. */
  path: string
  /** Where it really is: links resolved, also those above a file that does not exist yet. */
  real: string
  /** Where the name itself is, which is what a removal removes: links above it resolved, not the one that it may be. */
  place: string
  /** For people: relative to the project's root. */
  title: string
  /** What permission rules are matched against: the path relative to the project's root, by name and by real place. */
  patterns: string[]
}

/**
 * Finds out what a path means and asks for the permission `external_directory` when it is, or leads, outside of the
 * project. To be called before anything is looked at behind the path.
 */
export async function openTarget(context: ToolContext, path: string, kind: "file" | "directory"): Promise<Target> {
  const target = await findTarget(context.instance, path)
  const outside = [target.real, target.place].find((each) => !isInside(context.instance, each))
  if (outside === undefined) return target
  const parentDir = kind === "directory" ? outside : dirname(outside)
  const patterns = [join(parentDir, "*")]
  await context.ask({
    permission: "external_directory",
    patterns,
    always: patterns,
    metadata: { filepath: outside, parentDir },
  })
  return target
}

async function findTarget(instance: Instance, named: string): Promise<Target> {
  if (named.includes("\0")) throw new Error("A path cannot hold a NUL character")
  const path = resolve(instance.directory, withHome(instance, named))
  const [real, parent] = await Promise.all([realPath(path), realPath(dirname(path))])
  const root = projectRoot(instance)
  const title = relative(root, path)
  const patterns = [...new Set([title, relative(root, real)])]
  return {
    path,
    real,
    place: join(parent, basename(path)),
    title,
    patterns: contains(root, path) ? patterns : patterns.toReversed(),
  }
}

const withHome = ({ app }: Instance, path: string) =>
  path === "~" || path.startsWith("~/") ? join(app.paths.home, path.slice(1)) : path

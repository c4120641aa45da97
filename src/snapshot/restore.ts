import { rm } from "node:fs/promises"
import { dirname, relative } from "node:path"
import { contains, realPath } from "../base/path"
import type { Instance } from "../instance/instance"
import { fieldsOf } from "../process/git"
import type { SnapshotPatch } from "./diff"
import { requireTree } from "./known"
import { findShadow, must, type Shadow } from "./shadow"
import { withLock } from "./snapshot"

const PATHS_PER_CALL = 500

/**
 * Gives every file of the tree the content it has there. Files that the tree does not know stay. Only what differs is
 * written. Throws when the tree is not there any more; does nothing where there are no snapshots.
 */
export async function restoreSnapshot(instance: Instance, tree: string): Promise<void> {
  const shadow = await findShadow(instance)
  if (!shadow) return
  requireTree(tree)
  await shadow.exclusive(async () => {
    const listed = await must(shadow.git(["ls-tree", "-z", "--name-only", tree]))
    if (listed.stdout.length === 0) return
    await must(withLock(shadow, () => shadow.git(["checkout", "--quiet", "--force", tree, "--", "."])))
  })
}

/**
 * Undoes what patches say: each file they name gets the content it had before the first patch that names it; one that
 * was not there then is deleted. Patches in the order in which they were made. Never leaves the worktree.
 */
export async function revertFiles(instance: Instance, patches: SnapshotPatch[]): Promise<void> {
  const shadow = await findShadow(instance)
  if (!shadow) return
  const seen = new Set<string>()
  await shadow.exclusive(async () => {
    for (const { hash, files } of patches) {
      requireTree(hash)
      const paths = files.filter((file) => !seen.has(file) && contains(instance.worktree, file))
      for (const path of paths) seen.add(path)
      const names = paths.map((path) => relative(instance.worktree, path))
      const known = await existing(shadow, hash, names)
      await bringBack(shadow, hash, [...known])
      for (const name of names) if (!known.has(name)) await remove(instance, name)
    }
  })
}

/** Which of the paths the tree has. */
async function existing(shadow: Shadow, tree: string, names: string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (let from = 0; from < names.length; from += PATHS_PER_CALL) {
    const some = names.slice(from, from + PATHS_PER_CALL)
    const listed = await must(shadow.git(["ls-tree", "-z", "--name-only", tree, "--", ...some]))
    for (const name of fieldsOf(listed)) found.add(name)
  }
  return found
}

async function bringBack(shadow: Shadow, tree: string, names: string[]) {
  if (names.length === 0) return
  const args = ["checkout", "--quiet", "--force", tree, "--pathspec-from-file=-", "--pathspec-file-nul"]
  await must(withLock(shadow, () => shadow.git(args, { stdin: `${names.join("\0")}\0` })))
}

async function remove(instance: Instance, name: string) {
  const file = `${instance.worktree}/${name}`
  // A parent that has become a link must not lead the deletion out of the worktree.
  const parent = await realPath(dirname(file))
  if (!contains(instance.worktree, parent)) return
  await rm(file, { force: true, recursive: false }).catch((error: unknown) => {
    instance.app.log.warn("A file could not be removed by the revert", { file, error })
  })
}

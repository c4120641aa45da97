import { lstat, readdir, rm, rmdir } from "node:fs/promises"
import { dirname, join, relative } from "node:path"
import { contains, realPath } from "../base/path"
import type { Instance } from "../instance/instance"
import { fieldsOf } from "../process/git"
import type { SnapshotPatch } from "./diff"
import { requireTree } from "./known"
import { findShadow, must, type Shadow } from "./shadow"
import { withLock } from "./snapshot"

const PATHS_PER_CALL = 500
const CHECKOUT_TRIES = 5

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
    await checkOut(shadow, [tree, "--", "."])
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
  const wanted: { hash: string; known: Set<string> }[] = []
  await shadow.exclusive(async () => {
    for (const { hash, files } of patches) {
      requireTree(hash)
      const paths = files.filter((file) => !seen.has(file) && contains(instance.worktree, file))
      for (const path of paths) seen.add(path)
      const names = paths.map((path) => relative(instance.worktree, path))
      const known = await existing(shadow, hash, names)
      // All that goes goes first: a directory may have become a file, or a file a directory.
      for (const name of names) if (!known.has(name)) await remove(instance, name)
      wanted.push({ hash, known })
    }
    for (const { hash, known } of wanted) {
      const free: string[] = []
      for (const name of known) if (await makeRoom(instance, name)) free.push(name)
      await bringBack(shadow, hash, free)
    }
  })
}

/** Which of the paths are files, or links, of the tree. */
async function existing(shadow: Shadow, tree: string, names: string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (let from = 0; from < names.length; from += PATHS_PER_CALL) {
    const some = names.slice(from, from + PATHS_PER_CALL)
    const listed = await must(shadow.git(["ls-tree", "-z", tree, "--", ...some]))
    for (const entry of fieldsOf(listed)) {
      const [, type, name] = /^\d+ (\w+) \w+\t(.*)$/s.exec(entry) ?? []
      if (name !== undefined && type !== "tree") found.add(name)
    }
  }
  return found
}

async function bringBack(shadow: Shadow, tree: string, names: string[]) {
  if (names.length === 0) return
  await checkOut(shadow, [tree, "--pathspec-from-file=-", "--pathspec-file-nul"], `${names.join("\0")}\0`)
}

/** Other programs write too: a file that comes back between git's removal of it and git's own writing makes it fail. */
async function checkOut(shadow: Shadow, what: string[], stdin?: string): Promise<void> {
  const args = ["checkout", "--quiet", "--force", ...what]
  for (let attempt = 1; ; attempt++) {
    try {
      await must(withLock(shadow, () => shadow.git(args, stdin === undefined ? {} : { stdin })))
      return
    } catch (error) {
      if (attempt === CHECKOUT_TRIES) throw error
    }
  }
}

/**
 * Removes the empty directories in the place of a file. False when something else is in them: git would remove that for the
 * file too, also what it ignores.
 */
async function makeRoom(instance: Instance, name: string): Promise<boolean> {
  const place = join(instance.worktree, name)
  const found = await lstat(place).catch(() => undefined)
  if (!found?.isDirectory()) return true
  try {
    await removeEmpty(place)
    return true
  } catch (error) {
    instance.app.log.warn("A file could not be brought back in the place of a directory", { file: place, error })
    return false
  }
}

async function removeEmpty(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true }))
    if (entry.isDirectory()) await removeEmpty(join(directory, entry.name))
  await rmdir(directory)
}

async function remove(instance: Instance, name: string) {
  const file = join(instance.worktree, name)
  const found = await lstat(file).catch(() => undefined)
  // A directory in its place is not what a patch names: only its files are.
  if (!found || found.isDirectory()) return
  // A parent that has become a link must not lead the deletion out of the worktree.
  const parent = await realPath(dirname(file))
  if (!contains(instance.worktree, parent)) return
  await rm(file, { force: true, recursive: false }).catch((error: unknown) => {
    instance.app.log.warn("A file could not be removed by the revert", { file, error })
  })
}

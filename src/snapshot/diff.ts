import { join } from "node:path"
import type { Instance } from "../instance/instance"
import { fieldsOf, textOf } from "../process/git"
import type { SnapshotFileDiff } from "../schema/snapshot"
import { formatFileDiffs } from "./format-diff"
import { isTree } from "./known"
import { complain, findShadow, must } from "./shadow"
import { trackSnapshot } from "./snapshot"

const COMMON = [
  "diff-tree",
  "-r",
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--ignore-submodules=all",
  "--src-prefix=a/",
  "--dst-prefix=b/",
]
/** More lines of context than a file can have; twice as many still fit a 32-bit number. */
const WHOLE_FILE = "-U1000000000"

export interface SnapshotPatch {
  /** Tree before the change. */
  hash: string
  /** Absolute paths of what changed. Of a renamed file only the new name, as clients know it (see `changedFiles`). */
  files: string[]
}

/** What changed since the tree `from`, until the tree `to` or now. Undefined when nothing did or it is not known. */
export async function snapshotPatch(instance: Instance, from: string, to?: string): Promise<SnapshotPatch | undefined> {
  const after = to ?? (await trackSnapshot(instance))
  if (!after || after === from) return undefined
  const files = await listNames(instance, from, after, "--find-renames")
  return files.length > 0 ? { hash: from, files } : undefined
}

/** Absolute paths that differ between two trees, with both names of a renamed file. */
export const changedFiles = (instance: Instance, from: string, to: string): Promise<string[]> =>
  from === to ? Promise.resolve([]) : listNames(instance, from, to, "--no-renames")

/**
 * The differences between two trees, by file, with the whole file as context. Paths are relative to the worktree. Empty
 * when a tree is no longer there (logged).
 */
export async function snapshotDiff(instance: Instance, from: string, to: string): Promise<SnapshotFileDiff[]> {
  return read(instance, from, to, [], async (shadow) => {
    const stats = ["--no-renames", "--raw", "--numstat", "-z"]
    const full = await shadow.git([...COMMON, ...stats, "-p", WHOLE_FILE, from, to])
    if (full.ok) return formatFileDiffs(full.stdout)
    // Too large to be kept whole: then the numbers without the texts.
    return formatFileDiffs((await must(shadow.git([...COMMON, ...stats, from, to]))).stdout)
  })
}

/** The differences between two trees as one text in git's form, without a line feed at its end. */
export async function snapshotDiffText(instance: Instance, from: string, to: string): Promise<string> {
  return read(instance, from, to, "", async (shadow) =>
    textOf(await must(shadow.git([...COMMON, "-p", "--no-renames", from, to]))).replace(/\n$/, ""),
  )
}

const listNames = (instance: Instance, from: string, to: string, renames: string) =>
  read(instance, from, to, [], async (shadow) =>
    fieldsOf(await must(shadow.git([...COMMON, "--name-only", "-z", renames, from, to]))).map((path) =>
      join(instance.worktree, path),
    ),
  )

async function read<T>(
  instance: Instance,
  from: string,
  to: string,
  nothing: T,
  task: (shadow: NonNullable<Awaited<ReturnType<typeof findShadow>>>) => Promise<T>,
): Promise<T> {
  if (from === to || !isTree(from) || !isTree(to)) return nothing
  const shadow = await findShadow(instance)
  if (!shadow) return nothing
  try {
    return await task(shadow)
  } catch (error) {
    complain(instance, error)
    return nothing
  }
}

import { stat } from "node:fs/promises"
import { join } from "node:path"
import { type GitContext, runGit, textOf } from "../process/git"
import type { Repository } from "./repository"

const HASH = /^[0-9a-f]{40}([0-9a-f]{24})?$/

/**
 * The hash of the repository's first commit, by which all its checkouts are one project; the smallest of several, so that the
 * order of merges does not matter. Undefined without commits, or when git will not read the repository.
 *
 * `known` is what an earlier look found: it holds as long as the repository still has that commit, as walking through a
 * long history takes seconds.
 */
export async function findRootCommit(
  context: GitContext,
  { worktree, commonDirectory }: Repository,
  known: string | undefined,
): Promise<string | undefined> {
  if (known && HASH.test(known)) {
    const loose = join(commonDirectory, "objects", known.slice(0, 2), known.slice(2))
    if (await stat(loose).catch(() => undefined)) return known
    if ((await runGit(context, { cwd: worktree, args: ["cat-file", "-e", `${known}^{commit}`] })).ok) return known
  }
  const listed = await runGit(context, { cwd: worktree, args: ["rev-list", "--max-parents=0", "HEAD"] })
  if (!listed.ok) return undefined
  return textOf(listed)
    .split("\n")
    .filter((line) => HASH.test(line))
    .sort()[0]
}

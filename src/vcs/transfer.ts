import { randomUUID } from "node:crypto"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import type { Instance } from "../instance/instance"
import type { GitResult } from "../process/git"
import { vcsApply } from "./apply"
import { gitOnFiles, inGit } from "./repository"

/** Bytes of the largest patch that is carried over. */
const MAX_PATCH = 256 * 1024 * 1024

/**
 * Brings what was changed in one worktree since its last commit, untracked files included, into another: all of it or
 * nothing. With `move` it is taken back in the first one then. Does nothing outside of git and without changes. Throws 400
 * `VcsApplyError` when it does not fit.
 */
export async function transferChanges(from: Instance, to: Instance, { move = false } = {}): Promise<void> {
  if (from.worktree === to.worktree || !inGit(from)) return
  const patch = await changesOf(from)
  if (patch.length === 0) return
  await vcsApply(to, patch)
  if (!move) return
  must(await gitOnFiles(from, ["reset", "--quiet"]))
  must(await gitOnFiles(from, ["apply", "--whitespace=nowarn", "--reverse", "-"], { stdin: patch }))
}

/** Through an index of its own: the user's stays as it is. */
async function changesOf(instance: Instance): Promise<Uint8Array> {
  const { temp } = instance.app.paths
  await mkdir(temp, { recursive: true, mode: 0o700 })
  const index = join(temp, `index-${randomUUID()}`)
  const env = { GIT_INDEX_FILE: index }
  try {
    must(await gitOnFiles(instance, ["read-tree", "HEAD"], { env }))
    must(await gitOnFiles(instance, ["add", "--all"], { env }))
    const options = ["--cached", "--binary", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"]
    const diff = await gitOnFiles(instance, ["diff", ...options, "HEAD", "--"], { env, maxOutput: MAX_PATCH })
    return must(diff).stdout
  } finally {
    await rm(index, { force: true })
  }
}

function must(result: GitResult): GitResult {
  if (!result.ok) throw new Error(`Changes could not be carried over: ${result.stderr.trim() || "they are too large"}`)
  return result
}

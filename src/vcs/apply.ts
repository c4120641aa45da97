import { WireError } from "../base/error"
import type { Instance } from "../instance/instance"
import { gitOnFiles, inGit } from "./repository"

/**
 * Applies a patch to the files of the worktree: all of it or nothing. Paths that leave the worktree or go into `.git` are
 * refused by git. Throws 400 `VcsApplyError` outside of git and for a patch that does not fit.
 */
export async function vcsApply(instance: Instance, patch: string | Uint8Array): Promise<{ applied: true }> {
  if (!inGit(instance)) throw applyError("The directory is not in a git repository", "non-git")
  const result = await gitOnFiles(instance, ["apply", "--whitespace=nowarn", "-"], { stdin: patch })
  if (result.ok) return { applied: true }
  instance.app.log.info("A patch was not applied", {
    worktree: instance.worktree,
    reason: result.stderr.slice(0, 2000),
  })
  throw applyError("Patch can't be applied", "not-clean")
}

const applyError = (message: string, reason: "non-git" | "not-clean") =>
  new WireError(400, { name: "VcsApplyError", data: { message, reason } }, message)

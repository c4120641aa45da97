import { WireError } from "../base/error"
import type { GitResult } from "../process/git"

export type WorktreeErrorName =
  | "WorktreeNotGitError"
  | "WorktreeNameGenerationFailedError"
  | "WorktreeCreateFailedError"
  | "WorktreeStartCommandFailedError"
  | "WorktreeRemoveFailedError"
  | "WorktreeResetFailedError"
  | "WorktreeListFailedError"

/** 400: what went wrong with a linked worktree. */
export const worktreeError = (name: WorktreeErrorName, message: string) =>
  new WireError(400, { name, data: { message } }, message)

/** The result, or the error with what git said. */
export function orFail(result: GitResult, name: WorktreeErrorName): GitResult {
  if (!result.ok) throw worktreeError(name, result.stderr.trim() || `git ended with ${result.code}`)
  return result
}

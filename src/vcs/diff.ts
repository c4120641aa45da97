import type { Instance } from "../instance/instance"
import { textOf } from "../process/git"
import type { File } from "../schema/file"
import type { VcsFileDiff, VcsFileStatus } from "../schema/vcs"
import { listChanges } from "./changes"
import { git, inGit } from "./repository"
import { findDefaultBranch } from "./vcs"

/** What differs from HEAD, untracked files as added. Empty outside of git. */
export async function vcsStatus(instance: Instance): Promise<VcsFileStatus[]> {
  if (!inGit(instance)) return []
  const changes = await listChanges(instance, { patch: false })
  return changes.map(({ file, additions, deletions, status }) => ({ file, additions, deletions, status }))
}

/** The same in the words of `GET /file/status`. */
export async function fileStatus(instance: Instance): Promise<File[]> {
  const changes = await vcsStatus(instance)
  return changes.map(({ file, additions, deletions, status }) => ({
    path: file,
    added: additions,
    removed: deletions,
    status,
  }))
}

/**
 * The changes by file with git's patch texts: `git` against HEAD, `branch` against where the branch left the default one.
 * `context` is the number of lines around a change. Empty outside of git, and for `branch` without a default branch.
 */
export async function vcsDiff(instance: Instance, mode: "git" | "branch", context?: number): Promise<VcsFileDiff[]> {
  if (!inGit(instance)) return []
  const base = mode === "branch" ? await branchBase(instance) : undefined
  if (mode === "branch" && !base) return []
  const changes = await listChanges(instance, { patch: true, ...(context !== undefined && { context }) }, base)
  return changes.map(({ file, additions, deletions, status, sections }) => ({
    file,
    patch: sections.join(""),
    additions,
    deletions,
    status,
  }))
}

/** The changes against HEAD as one patch: first the tracked files, then each untracked one. */
export async function vcsDiffRaw(instance: Instance): Promise<string> {
  if (!inGit(instance)) return ""
  const changes = await listChanges(instance, { patch: true })
  const textsOf = (untracked: boolean) =>
    changes.filter((each) => each.untracked === untracked).map(({ sections }) => sections.join(""))
  return [textsOf(false).join(""), ...textsOf(true)].filter(Boolean).join("\n")
}

async function branchBase(instance: Instance): Promise<string | undefined> {
  const main = await findDefaultBranch(instance)
  if (!main) return undefined
  const base = await git(instance, ["merge-base", "HEAD", main.ref])
  return base.ok ? textOf(base).trim() : undefined
}

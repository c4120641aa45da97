import { stat } from "node:fs/promises"
import { join, resolve } from "node:path"
import { contains, realPath } from "../base/path"
import { disposeInstance, type Instance } from "../instance/instance"
import { textOf } from "../process/git"
import type { Worktree, WorktreeCreateInput } from "../schema/worktree"
import { git, gitOnFiles, inGit } from "./repository"
import { findDefaultBranch } from "./vcs"
import { orFail, worktreeError } from "./worktree-error"
import { randomName, toName } from "./worktree-name"
import { startWorktree } from "./worktree-start"

const BRANCH = "opencode/"
const TRIES = 20

interface Linked {
  directory: string
  /** Without `refs/heads/`; undefined when detached. */
  branch?: string
}

/** Directories of the repository's linked worktrees. Empty outside of git. */
export async function listWorktrees(instance: Instance): Promise<string[]> {
  if (!inGit(instance)) return []
  return (await listLinked(instance)).map(({ directory }) => directory)
}

/**
 * Makes a linked worktree of HEAD with a branch of its own, below the data directory. Start commands run afterwards, in the
 * background; then `worktree.ready` or `worktree.failed` is published in the new directory. Throws 400.
 */
export async function createWorktree(instance: Instance, input: WorktreeCreateInput): Promise<Worktree> {
  if (!inGit(instance)) throw worktreeError("WorktreeNotGitError", "Worktrees need a git repository")
  const { name, directory } = await chooseName(instance, input.name)
  const branch = `${BRANCH}${name}`
  const added = await gitOnFiles(instance, ["worktree", "add", "--quiet", "-b", branch, directory])
  orFail(added, "WorktreeCreateFailedError")
  const worktree = { name, branch, directory }
  startWorktree(instance, worktree, input.startCommand)
  return worktree
}

/**
 * Removes a linked worktree with all that is in it, and the branch that was made for it. Instances in it are disposed
 * first. A directory that is no worktree of this repository is left alone. Throws 400 for the main checkout, and when git
 * refuses.
 */
export async function removeWorktree(instance: Instance, directory: string): Promise<true> {
  const found = await findLinkedWorktree(instance, directory)
  if (!found && (await isMainCheckout(instance, directory)))
    throw worktreeError("WorktreeRemoveFailedError", `The main checkout cannot be removed: ${directory}`)
  if (!found) return true
  await disposeBelow(instance, found.directory)
  orFail(
    await git(instance, ["worktree", "remove", "--force", "--force", found.directory], mainOf(instance, found)),
    "WorktreeRemoveFailedError",
  )
  if (found.branch?.startsWith(BRANCH))
    orFail(await git(instance, ["branch", "--quiet", "-D", found.branch]), "WorktreeRemoveFailedError")
  return true
}

/**
 * Sets a linked worktree back to the default branch as it is known here: its branch, its files, and untracked files are
 * gone. Ignored files stay. Throws 400 for the main checkout and whatever else is no linked worktree.
 */
export async function resetWorktree(instance: Instance, directory: string): Promise<true> {
  const found = await findLinkedWorktree(instance, directory)
  if (!found) throw worktreeError("WorktreeResetFailedError", `Not a linked worktree of this repository: ${directory}`)
  const main = await findDefaultBranch(instance)
  if (!main) throw worktreeError("WorktreeResetFailedError", "The repository has no default branch")
  const cwd = found.directory
  orFail(await gitOnFiles(instance, ["reset", "--quiet", "--hard", main.ref], { cwd }), "WorktreeResetFailedError")
  orFail(await gitOnFiles(instance, ["clean", "--quiet", "-ffd"], { cwd }), "WorktreeResetFailedError")
  return true
}

async function chooseName(instance: Instance, wanted: string | undefined) {
  const root = join(instance.app.paths.data, "worktree", instance.project.id)
  const base = wanted === undefined ? undefined : toName(wanted)
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const name = base ? (attempt === 0 ? base : `${base}-${randomName()}`) : randomName()
    const directory = join(root, name)
    const taken = await stat(directory).catch(() => undefined)
    const ref = `refs/heads/${BRANCH}${name}`
    if (!taken && !(await git(instance, ["show-ref", "--verify", "--quiet", ref])).ok) return { name, directory }
  }
  throw worktreeError("WorktreeNameGenerationFailedError", "No free name for the worktree was found")
}

/** The linked worktree of the repository that a directory is. Throws 400 outside of git. */
export async function findLinkedWorktree(instance: Instance, directory: string): Promise<Linked | undefined> {
  if (!inGit(instance)) throw worktreeError("WorktreeNotGitError", "Worktrees need a git repository")
  const real = await realPath(resolve(instance.directory, directory))
  for (const linked of await listLinked(instance)) if ((await realPath(linked.directory)) === real) return linked
  return undefined
}

const isMainCheckout = async (instance: Instance, directory: string) =>
  (await realPath(resolve(instance.directory, directory))) === (await realPath(instance.project.worktree))

async function listLinked(instance: Instance): Promise<Linked[]> {
  const listed = orFail(await git(instance, ["worktree", "list", "--porcelain"]), "WorktreeListFailedError")
  // The first one is the main checkout.
  const [, ...blocks] = textOf(listed).trim().split("\n\n")
  return blocks.flatMap((block) => {
    const value = (key: string) =>
      block
        .split("\n")
        .find((line) => line.startsWith(`${key} `))
        ?.slice(key.length + 1)
    const directory = value("worktree")
    const branch = value("branch")?.replace("refs/heads/", "")
    return directory ? [{ directory, ...(branch && { branch }) }] : []
  })
}

/** Where to call git from: not from inside of what is removed. */
const mainOf = (instance: Instance, { directory }: Linked) =>
  contains(directory, instance.worktree) ? { cwd: instance.project.worktree } : {}

async function disposeBelow({ app }: Instance, directory: string) {
  const real = await realPath(directory)
  const open = [...app.instances].filter(([path]) => contains(real, path)).map(([, instance]) => instance)
  await Promise.all(open.map(async (instance) => disposeInstance(await instance)))
}

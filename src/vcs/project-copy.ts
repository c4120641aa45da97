import { stat } from "node:fs/promises"
import { basename, join, resolve } from "node:path"
import { errorMessage, WireError } from "../base/error"
import { realPath } from "../base/path"
import { publishGlobal } from "../instance/event"
import { type Instance, openInstance } from "../instance/instance"
import { textOf } from "../process/git"
import { openProject } from "../project/project"
import type { ProjectCopyCopy } from "../schema/project"
import { git, gitOnFiles, inGit } from "./repository"
import { findLinkedWorktree, listWorktrees, removeWorktree } from "./worktree"
import { randomName, toName } from "./worktree-name"

const BRANCH = "opencode/"
/** How a copy can be made, in the spellings in use. */
const STRATEGIES = new Set(["worktree", "git-worktree", "git_worktree"])
/** Words that say little about a task. */
const FILLERS = new Set("a an and are for from in into is it of on please that the this to we with you".split(" "))
const NAME_WORDS = 4

export interface ProjectCopyInput {
  strategy: string
  /** The copy is made below it. */
  directory: string
  name?: string
}

/**
 * Makes a copy of the project: a linked worktree `directory/name` with a branch of its own. The project knows it from then
 * on. Throws 400 `ProjectCopyError`.
 */
export async function createProjectCopy(instance: Instance, input: ProjectCopyInput): Promise<ProjectCopyCopy> {
  if (!STRATEGIES.has(input.strategy))
    throw copyError(`There is no strategy ${JSON.stringify(input.strategy)}; the one there is is worktree`)
  if (!inGit(instance)) throw copyError("Only projects in a git repository can be copied")
  const name = (input.name && toName(input.name)) || randomName()
  const directory = join(await realPath(resolve(instance.directory, input.directory)), name)
  if (await stat(directory).catch(() => undefined)) throw copyError(`${directory} is there already`)
  const taken = await git(instance, ["show-ref", "--verify", "--quiet", `refs/heads/${BRANCH}${name}`])
  const branch = taken.ok ? `${BRANCH}${name}-${randomName()}` : `${BRANCH}${name}`
  const added = await gitOnFiles(instance, ["worktree", "add", "--quiet", "-b", branch, directory])
  if (!added.ok) throw copyError(added.stderr.trim() || `git ended with ${added.code}`)
  await openInstance(instance.app, directory)
  return { directory }
}

/**
 * Removes a copy with its branch. Unless it is forced, one that holds changes or commits which are nowhere else is left alone.
 * Throws 400 `ProjectCopyError`.
 */
export async function removeProjectCopy(instance: Instance, directory: string, force: boolean): Promise<void> {
  const found = await findLinkedWorktree(instance, directory)
  if (!found) throw copyError(`Not a copy of this project: ${directory}`)
  const reason = force ? undefined : await whatIsLost(instance, found)
  if (reason) throw copyError(`${basename(found.directory)} ${reason}`, { forceRequired: true })
  try {
    await removeWorktree(instance, found.directory)
  } catch (error) {
    throw error instanceof WireError ? copyError(errorMessage(error)) : error
  }
  await refreshProjectCopies(instance)
}

/** Looks for the copies that are there: those that git knows are added to the project, those that are gone are forgotten. */
export async function refreshProjectCopies(instance: Instance): Promise<void> {
  const { app } = instance
  for (const directory of [instance.worktree, ...(await listWorktrees(instance))]) {
    if (!(await stat(directory).catch(() => undefined))) continue
    const { project, changed } = await openProject(app, directory)
    if (changed) publishGlobal(app, "project.updated", project, { directory: "global", project: project.id })
  }
}

/** A name for a copy: out of the words of the task, or two words by chance. */
export function copyName(context = ""): string {
  const words = context.toLowerCase().match(/[a-z0-9]+/g) ?? []
  const telling = words.filter((word) => word.length > 1 && !FILLERS.has(word)).slice(0, NAME_WORDS)
  return toName(telling.join("-")) ?? randomName()
}

async function whatIsLost(instance: Instance, { directory, branch }: { directory: string; branch?: string }) {
  const status = await gitOnFiles(instance, ["status", "--porcelain", "--untracked-files=normal"], { cwd: directory })
  if (!status.ok || status.stdout.length > 0) return "has changes that were not committed"
  if (!branch?.startsWith(BRANCH)) return undefined
  const others = ["--not", `--exclude=${branch}`, "--branches", "--remotes", "--tags"]
  const own = await git(instance, ["rev-list", "--max-count=1", `refs/heads/${branch}`, ...others])
  return own.ok && textOf(own).trim() === "" ? undefined : "has commits that are on no other branch"
}

const copyError = (message: string, more: { forceRequired?: boolean } = {}) =>
  new WireError(400, { name: "ProjectCopyError", data: { message, ...more } }, message)

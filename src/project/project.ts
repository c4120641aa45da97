import { stat } from "node:fs/promises"
import { createLock } from "../base/lock"
import { type GitContext, GitMissingError } from "../process/git"
import type { Project } from "../schema/project"
import type { Store } from "../store/store"
import { findRepository, type Repository } from "./repository"
import { findRootCommit } from "./root-commit"

/** What opening a project needs of the app. */
export interface ProjectContext extends GitContext {
  readonly store: Store
  now(): number
}

/** The id of the one project of all directories outside of git, and of repositories that have no commit yet. */
export const GLOBAL_PROJECT = "global"

const locks = new WeakMap<Store, ReturnType<typeof createLock>>()

export interface OpenProject {
  project: Project
  /** Root of the checkout that holds the directory: `/` outside of git. */
  worktree: string
  /** Whether something new about the project was stored. */
  changed: boolean
}

/** The project of a directory, given by its real, absolute path, which need not exist. Stores only what is new about it. */
export async function openProject(context: ProjectContext, directory: string): Promise<OpenProject> {
  const repository = await findRepository(directory)
  if (!repository) return { ...(await openGlobal(context)), worktree: "/" }
  const { worktree } = repository
  const root = await findRoot(context, repository)
  if (root) return { ...(await openRepository(context, root, repository)), worktree }
  const { project, changed } = await openGlobal(context)
  return { project: { ...project, worktree, vcs: "git" }, worktree, changed }
}

async function findRoot(context: ProjectContext, repository: Repository) {
  const { mainWorktree } = repository
  const projects = await context.store.listProjects()
  const known = projects.find((each) => each.worktree === mainWorktree || each.sandboxes.includes(mainWorktree))
  try {
    return await findRootCommit(context, repository, known?.id)
  } catch (error) {
    // Without git the repository is served like one without commits.
    if (error instanceof GitMissingError) return known?.id
    throw error
  }
}

function openGlobal(context: ProjectContext) {
  return change(context, GLOBAL_PROJECT, async (known) => known ?? { worktree: "/", sandboxes: [] })
}

/** The first checkout seen is the project's worktree, while it exists; the others are its sandboxes. */
function openRepository(context: ProjectContext, id: string, { worktree, mainWorktree }: Repository) {
  return change(context, id, async (known) => {
    const checkouts = known ? [known.worktree, ...known.sandboxes] : []
    const seen = new Set([...(await existing(checkouts)), mainWorktree, worktree])
    const [main = mainWorktree, ...sandboxes] = seen
    return { ...known, worktree: main, sandboxes, vcs: "git" }
  })
}

async function existing(directories: string[]) {
  const there = await Promise.all(directories.map((directory) => stat(directory).catch(() => undefined)))
  return directories.filter((_, index) => there[index]?.isDirectory())
}

/** Stores the project if `update` makes it differ from what is known. One after the other, so that none is lost. */
function change(
  { store, now }: ProjectContext,
  id: string,
  update: (known: Project | undefined) => Promise<Omit<Project, "id" | "time">>,
): Promise<Omit<OpenProject, "worktree">> {
  const lock = locks.get(store) ?? createLock()
  locks.set(store, lock)
  return lock(async () => {
    const known = await store.findProject(id)
    const at = now()
    const time = { created: at, ...known?.time, updated: at }
    const project: Project = { id, ...(await update(known)), time }
    if (known && Bun.deepEquals({ ...project, time: known.time }, known)) return { project: known, changed: false }
    await store.commit([{ put: "project", data: project }])
    return { project, changed: true }
  })
}

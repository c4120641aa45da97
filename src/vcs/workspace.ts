import { basename, join } from "node:path"
import { type Static, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { errorMessage, WireError } from "../base/error"
import { newID } from "../base/id"
import { createKeyedLock } from "../base/lock"
import { contains, isDirectory, realPath } from "../base/path"
import { readPrivateFile, writePrivateFile } from "../base/private-file"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import { Workspace, type WorkspaceEventConnectionStatus } from "../schema/workspace"
import { createWorktree, listWorktrees, removeWorktree } from "./worktree"

/** A workspace of this server is a linked worktree that it made itself, with an id of its own. */
const Kept = Type.Composite([Workspace, Type.Object({ directory: Type.String() })])
type Kept = Static<typeof Kept>
const File = Type.Array(Kept)

/** The one kind of workspaces. */
export const WORKTREE = { type: "worktree", name: "Worktree", description: "Create a git worktree" }

const lock = createKeyedLock()

/** The workspaces of the project, the oldest first. */
export async function listWorkspaces(instance: Instance): Promise<Workspace[]> {
  return ofProject(instance, await read(instance.app))
}

/** Whether the directory of each workspace is there. */
export async function workspaceStatus(instance: Instance): Promise<WorkspaceEventConnectionStatus[]> {
  const workspaces = ofProject(instance, await read(instance.app))
  return Promise.all(
    workspaces.map(async ({ id, directory }) => ({
      workspaceID: id,
      status: (await isDirectory(directory)) ? ("connected" as const) : ("disconnected" as const),
    })),
  )
}

export interface WorkspaceInput {
  type: string
  id?: string
  /** Its worktree and branch are named after it. */
  branch?: string | null
  extra?: unknown
}

/** Makes a worktree and registers it. Throws 400 `WorkspaceCreateError`. */
export async function createWorkspace(instance: Instance, input: WorkspaceInput): Promise<Workspace> {
  const { type, id = newID("workspace"), branch, extra } = input
  if (type !== WORKTREE.type)
    throw createError(`There are no workspaces of type ${JSON.stringify(type)} here, only ${WORKTREE.type}`)
  return change(instance.app, async (all) => {
    if (all.some((each) => each.id === id)) throw createError(`There is a workspace ${id} already`)
    const worktree = await createWorktree(instance, branch ? { name: branch } : {}).catch((error: unknown) => {
      throw error instanceof WireError ? createError(errorMessage(error)) : error
    })
    const workspace = { ...newWorkspace(instance, worktree.directory), id, extra: extra ?? null }
    if (worktree.branch) workspace.branch = worktree.branch
    return { all: [...all, workspace], value: workspace }
  })
}

/** Removes a workspace with its worktree and answers it. Null for an unknown one. */
export function removeWorkspace(instance: Instance, id: string): Promise<Workspace | null> {
  return change(instance.app, async (all) => {
    const found = ofProject(instance, all).find((each) => each.id === id)
    if (!found) return { all, value: null }
    await removeWorktree(instance, found.directory)
    return { all: all.filter((each) => each !== found), value: found }
  })
}

/** Registers the worktrees that this server has made but that have no id yet. */
export function syncWorkspaces(instance: Instance): Promise<void> {
  return change(instance.app, async (all) => {
    const own = await realPath(join(instance.app.paths.data, "worktree"))
    const found = (await listWorktrees(instance)).filter((directory) => contains(own, directory))
    const known = new Set(all.map((each) => each.directory))
    const added = found.filter((directory) => !known.has(directory))
    return { all: [...all, ...added.map((directory) => newWorkspace(instance, directory))], value: undefined }
  })
}

/** A workspace of any project. */
export async function findWorkspace(app: App, id: string): Promise<Kept | undefined> {
  return (await read(app)).find((each) => each.id === id)
}

/** The workspace that a directory is in. */
export async function workspaceOf({ app, directory }: Instance): Promise<Kept | undefined> {
  return (await read(app)).find((each) => contains(each.directory, directory))
}

const newWorkspace = (instance: Instance, directory: string): Kept => ({
  id: newID("workspace"),
  type: WORKTREE.type,
  name: basename(directory),
  projectID: instance.project.id,
  timeUsed: instance.app.now(),
  branch: null,
  directory,
  extra: null,
})

const ofProject = ({ project }: Instance, all: Kept[]) => all.filter((each) => each.projectID === project.id)

const fileOf = (app: App) => join(app.paths.data, "workspace.json")

async function read(app: App): Promise<Kept[]> {
  const data: unknown = JSON.parse((await readPrivateFile(fileOf(app))) ?? "[]")
  if (!Value.Check(File, data)) throw new Error(`${fileOf(app)} does not hold workspaces`)
  return data
}

/** One change after another, so that none is lost. */
function change<T>(app: App, task: (all: Kept[]) => Promise<{ all: Kept[]; value: T }>): Promise<T> {
  const file = fileOf(app)
  return lock(file, async () => {
    const before = await read(app)
    const { all, value } = await task(before)
    if (all !== before) await writePrivateFile(file, JSON.stringify(all, null, 2))
    return value
  })
}

const createError = (message: string) =>
  new WireError(400, { name: "WorkspaceCreateError", data: { message } }, message)

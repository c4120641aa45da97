import { tagged } from "../base/error"
import type { Project, ProjectDirectories } from "../schema/project"
import type { App } from "./app"
import { publishGlobal } from "./event"
import type { Instance } from "./instance"

/** The project of the instance, with what clients have changed of it since it was opened. */
export async function currentProject({ app, project }: Instance): Promise<Project> {
  const stored = await app.store.findProject(project.id)
  // A repository without a commit belongs to the global project, but has a worktree of its own.
  return stored ? { ...stored, worktree: project.worktree, sandboxes: project.sandboxes, ...vcsOf(project) } : project
}

const vcsOf = ({ vcs }: Project) => (vcs ? { vcs } : {})

export type ProjectPatch = Pick<Project, "name" | "icon" | "commands">

/** Changes what people may choose of a project and publishes `project.updated`. Throws 404 `ProjectNotFoundError`. */
export async function updateProject(app: App, id: string, patch: ProjectPatch): Promise<Project> {
  const before = await app.store.findProject(id)
  if (!before) throw tagged(404, "ProjectNotFoundError", `Project not found: ${id}`, { projectID: id })
  const { name, icon, commands } = patch
  const after: Project = {
    ...before,
    ...(name !== undefined && { name }),
    ...(icon && { icon: { ...before.icon, ...icon } }),
    ...(commands && { commands: { ...before.commands, ...commands } }),
    time: { ...before.time, updated: app.now() },
  }
  await app.store.commit([{ put: "project", data: after }])
  publishGlobal(app, "project.updated", after, { directory: "global", project: id })
  return after
}

/** The directories on this machine that hold the project: its main checkout first. Empty for an unknown project. */
export async function projectDirectories(app: App, id: string): Promise<ProjectDirectories> {
  const project = await app.store.findProject(id)
  if (!project || project.worktree === "/") return []
  return [project.worktree, ...project.sandboxes].map((directory) => ({ directory }))
}

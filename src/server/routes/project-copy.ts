import { Type } from "@sinclair/typebox"
import { WireError } from "../../base/error"
import { type Instance, openInstance } from "../../instance/instance"
import { ProjectCopyError } from "../../schema/error"
import { ProjectCopyCopy } from "../../schema/project"
import { copyName, createProjectCopy, refreshProjectCopies, removeProjectCopy } from "../../vcs/project-copy"
import { empty, json } from "../answers"
import { type Route, route } from "../route"

const group = { tags: ["projectCopy"], params: { projectID: Type.String() } }
const refused = json(ProjectCopyError, "It cannot be done")

export const projectCopyRoutes: Route[] = [
  route(
    "POST",
    "/experimental/project/:projectID/copy",
    {
      ...group,
      id: "v2.projectCopy.create",
      refusal: "invalid",
      summary: "Copy a project",
      description:
        "Makes a linked worktree `name` below `directory`, with a branch of its own. The strategy is worktree.",
      body: Type.Object({ strategy: Type.String(), directory: Type.String(), name: Type.Optional(Type.String()) }),
      responses: { 200: json(ProjectCopyCopy, "The copy"), 400: refused },
    },
    async ({ instance, params, body }) => createProjectCopy(await instanceOf(instance, params.projectID), body),
  ),
  route(
    "DELETE",
    "/experimental/project/:projectID/copy",
    {
      ...group,
      id: "v2.projectCopy.remove",
      refusal: "invalid",
      summary: "Remove a copy",
      description: "Unless forced, a copy that holds work which is nowhere else is left alone.",
      body: Type.Object({ directory: Type.String(), force: Type.Boolean() }),
      responses: { 204: empty("The copy is removed"), 400: refused },
    },
    async ({ instance, params, body }) =>
      removeProjectCopy(await instanceOf(instance, params.projectID), body.directory, body.force),
  ),
  route(
    "POST",
    "/experimental/project/:projectID/copy/refresh",
    {
      ...group,
      id: "v2.projectCopy.refresh",
      refusal: "invalid",
      summary: "Look for copies",
      description: "Brings the directories of the project up to date with what git knows.",
      responses: { 204: empty("The directories are up to date"), 400: refused },
    },
    async ({ instance, params }) => refreshProjectCopies(await instanceOf(instance, params.projectID)),
  ),
  route(
    "POST",
    "/experimental/project/:projectID/copy/generate-name",
    {
      ...group,
      id: "experimental.projectCopy.generateName",
      summary: "Suggest a name for a copy",
      description: "Out of the first telling words of the context, else two words by chance.",
      body: Type.Object({ context: Type.Optional(Type.String()) }),
      responses: { 200: json(Type.Object({ name: Type.String() }), "The name") },
    },
    ({ body }) => ({ name: copyName(body.context) }),
  ),
]

/** The instance of the request if it is of the project, else that of the project's main checkout. */
async function instanceOf(instance: Instance, projectID: string): Promise<Instance> {
  if (instance.project.id === projectID) return instance
  const project = await instance.app.store.findProject(projectID)
  if (project) return openInstance(instance.app, project.worktree)
  const message = `Project not found: ${projectID}`
  throw new WireError(400, { name: "ProjectCopyError", data: { message } }, message)
}

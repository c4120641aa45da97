import { Type } from "@sinclair/typebox"
import { currentProject, projectDirectories, updateProject } from "../../instance/project"
import { ProjectNotFoundError } from "../../schema/error"
import { Project, ProjectCommands, ProjectDirectories, ProjectIcon } from "../../schema/project"
import { initGit } from "../../vcs/git-init"
import { json } from "../answers"
import { type Route, route } from "../route"

const tags = ["project"]
const params = { projectID: Type.String() }

export const projectRoutes: Route[] = [
  route(
    "GET",
    "/project",
    {
      tags,
      id: "project.list",
      summary: "List projects",
      description: "All projects that were opened on this machine, that of the directory included.",
      responses: { 200: json(Type.Array(Project), "Projects") },
    },
    ({ app }) => app.store.listProjects(),
  ),
  route(
    "GET",
    "/project/current",
    {
      id: "project.current",
      tags,
      summary: "Get the current project",
      description: "The project of the directory; outside of a repository the project `global`.",
      responses: { 200: json(Project, "Project") },
    },
    ({ instance }) => currentProject(instance),
  ),
  route(
    "PATCH",
    "/project/:projectID",
    {
      tags,
      id: "project.update",
      summary: "Update a project",
      description: "Changes name, icon or commands of a project.",
      params,
      body: Type.Object({
        name: Type.Optional(Type.String()),
        icon: Type.Optional(ProjectIcon),
        commands: Type.Optional(ProjectCommands),
      }),
      responses: { 200: json(Project, "The project"), 404: json(ProjectNotFoundError, "No such project") },
    },
    ({ app, params, body }) => updateProject(app, params.projectID, body),
  ),
  route(
    "GET",
    "/project/:projectID/directories",
    {
      tags,
      id: "project.directories",
      summary: "List directories of a project",
      description: "The checkouts of a project that were opened on this machine.",
      params,
      responses: { 200: json(ProjectDirectories, "Directories") },
    },
    ({ app, params }) => projectDirectories(app, params.projectID),
  ),
  route(
    "POST",
    "/project/git/init",
    {
      id: "project.initGit",
      tags,
      summary: "Make a repository",
      description: "Makes the directory a git repository, unless it is in one.",
      responses: { 200: json(Project, "The project") },
    },
    ({ instance }) => initGit(instance),
  ),
]

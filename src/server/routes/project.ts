import { Type } from "@sinclair/typebox"
import { Project } from "../../schema/project"
import { json } from "../answers"
import { type Route, route } from "../route"

export const projectRoutes: Route[] = [
  route(
    "GET",
    "/project",
    {
      id: "project.list",
      tags: ["project"],
      summary: "List projects",
      description: "All projects that were opened on this machine.",
      responses: { 200: json(Type.Array(Project), "Projects") },
    },
    ({ app }) => app.store.listProjects(),
  ),
  route(
    "GET",
    "/project/current",
    {
      id: "project.current",
      tags: ["project"],
      summary: "Get the current project",
      description: "The project of the directory; outside of a repository the project `global`.",
      responses: { 200: json(Project, "Project") },
    },
    ({ instance }) => instance.project,
  ),
]

import { Type } from "@sinclair/typebox"
import { Skill } from "../../schema/skill"
import { listSkills } from "../../skill/skill"
import { json } from "../answers"
import { type Route, route } from "../route"

export const skillRoutes: Route[] = [
  route(
    "GET",
    "/skill",
    {
      id: "app.skills",
      tags: ["instance"],
      summary: "List skills",
      description: "The skills of the directory with their texts.",
      responses: { 200: json(Type.Array(Skill), "Skills") },
    },
    ({ instance }) => listSkills(instance),
  ),
]

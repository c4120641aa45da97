import { Type } from "@sinclair/typebox"
import { listAgents } from "../../agent/agent"
import { Agent } from "../../schema/agent"
import { json } from "../answers"
import { type Route, route } from "../route"

export const agentRoutes: Route[] = [
  route(
    "GET",
    "/agent",
    {
      id: "app.agents",
      tags: ["instance"],
      summary: "List agents",
      description: "The agents of the directory, built-in and configured ones.",
      responses: { 200: json(Type.Array(Agent), "Agents") },
    },
    ({ instance }) => listAgents(instance),
  ),
]

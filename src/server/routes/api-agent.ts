import { Type } from "@sinclair/typebox"
import { listAgents } from "../../agent/agent"
import { listCommands } from "../../command/command"
import { AgentV2Info } from "../../schema/api-agent"
import { CommandV2Info } from "../../schema/api-command"
import { SkillV2Info } from "../../schema/api-skill"
import { listSkills } from "../../skill/skill"
import { agentInfo } from "../api/agent"
import { commandInfos } from "../api/command"
import { located, locatedAnswer, locationQuery } from "../api/location"
import { type Route, route } from "../route"

export const apiAgentRoutes: Route[] = [
  route(
    "GET",
    "/api/agent",
    {
      id: "v2.agent.list",
      tags: ["v2"],
      summary: "List agents",
      refusal: "invalid",
      query: locationQuery,
      responses: { 200: locatedAnswer(Type.Array(AgentV2Info), "Agents") },
    },
    async ({ instance }) => located(instance, (await listAgents(instance)).map(agentInfo)),
  ),
  route(
    "GET",
    "/api/command",
    {
      id: "v2.command.list",
      tags: ["v2"],
      summary: "List commands",
      refusal: "invalid",
      query: locationQuery,
      responses: { 200: locatedAnswer(Type.Array(CommandV2Info), "Commands") },
    },
    async ({ instance }) => located(instance, commandInfos(await listCommands(instance))),
  ),
  route(
    "GET",
    "/api/skill",
    {
      id: "v2.skill.list",
      tags: ["v2"],
      summary: "List skills",
      refusal: "invalid",
      query: locationQuery,
      responses: { 200: locatedAnswer(Type.Array(SkillV2Info), "Skills") },
    },
    async ({ instance }) => located(instance, await listSkills(instance)),
  ),
]

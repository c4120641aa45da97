import { Type } from "@sinclair/typebox"
import { listAgents } from "../../agent/agent"
import { offersBackground } from "../../config/background-subagents"
import { getConsoleState, listConsoleOrganizations, switchOrganization } from "../../config/console"
import { listMcpResources } from "../../mcp/resources"
import { ConsoleState, ExperimentalCapabilities } from "../../schema/experimental"
import { McpResource } from "../../schema/mcp"
import { GlobalSession } from "../../schema/session"
import { ToolIDs, ToolList } from "../../schema/tool"
import { pageAllSessions } from "../../session/all-sessions"
import { detachSubtasks } from "../../session/blocking"
import { ownToolIDs, ownTools } from "../../tool/offered"
import { done, json, notFoundAnswer } from "../answers"
import { pageAnswer } from "../page-answer"
import { type Route, route } from "../route"

const experimental = { tags: ["experimental"] }
const ConsoleOrg = Type.Object({
  accountID: Type.String(),
  accountEmail: Type.String(),
  accountUrl: Type.String(),
  orgID: Type.String(),
  orgName: Type.String(),
  active: Type.Boolean(),
})
const unreachable = json(
  Type.Object({ _tag: Type.Literal("ConsoleUnreachableError"), message: Type.String() }),
  "The console does not tell the organizations of the account",
)

export const experimentalRoutes: Route[] = [
  route(
    "GET",
    "/experimental/tool/ids",
    {
      ...experimental,
      id: "tool.ids",
      summary: "List tool ids",
      description: "The ids of the tools that are built in, and of custom ones.",
      responses: { 200: json(ToolIDs, "Tool ids") },
    },
    ({ instance }) => ownToolIDs(instance),
  ),
  route(
    "GET",
    "/experimental/tool",
    {
      ...experimental,
      id: "tool.list",
      summary: "List tools",
      description: "The tools a model is offered, with their descriptions and the JSON Schema of their arguments.",
      query: { provider: Type.String(), model: Type.String() },
      responses: { 200: json(ToolList, "Tools") },
    },
    async ({ instance, query }) =>
      (
        await ownTools(instance, {
          model: { providerID: query.provider, id: query.model },
          agents: await listAgents(instance),
        })
      ).map(({ tool, description, schema }) => ({ id: tool.id, description, parameters: schema })),
  ),
  route(
    "GET",
    "/experimental/session",
    {
      ...experimental,
      id: "experimental.session.list",
      summary: "List sessions of all projects",
      description:
        "The last updated first. Where there are more, the header x-next-cursor holds the cursor of the next page.",
      query: {
        directory: Type.Optional(Type.String()),
        roots: Type.Optional(Type.Boolean()),
        start: Type.Optional(Type.Number()),
        cursor: Type.Optional(Type.Union([Type.Number(), Type.String()])),
        search: Type.Optional(Type.String()),
        limit: Type.Optional(Type.Number()),
        archived: Type.Optional(Type.Boolean()),
      },
      responses: { 200: json(Type.Array(GlobalSession), "Sessions") },
    },
    async ({ app, query, request }) => pageAnswer(request, await pageAllSessions(app, query), "cursor"),
  ),
  route(
    "GET",
    "/experimental/capabilities",
    {
      ...experimental,
      id: "experimental.capabilities.get",
      summary: "Get capabilities",
      description:
        "Which optional features clients shall offer. Subagents in the background: whether the environment variable OPENCODE_EXPERIMENTAL_BACKGROUND_SUBAGENTS or, without it, OPENCODE_EXPERIMENTAL is on.",
      responses: { 200: json(ExperimentalCapabilities, "Capabilities") },
    },
    ({ app }) => ({ backgroundSubagents: offersBackground(app) }),
  ),
  route(
    "GET",
    "/experimental/console",
    {
      ...experimental,
      id: "experimental.console.get",
      summary: "Get console state",
      description:
        "The name of the active organization of a console, the providers that its configuration brings, and how many organizations there are to switch to.",
      responses: { 200: json(ConsoleState, "Console state") },
    },
    ({ app }) => getConsoleState(app),
  ),
  route(
    "GET",
    "/experimental/resource",
    {
      ...experimental,
      id: "experimental.resource.list",
      summary: "Get MCP resources",
      description: "The resources of all connected MCP servers, by server and address.",
      responses: { 200: json(Type.Record(Type.String(), McpResource), "Resources") },
    },
    async ({ instance }) =>
      Object.fromEntries(
        (await listMcpResources(instance)).map((resource) => [`${resource.client}:${resource.uri}`, resource]),
      ),
  ),
  route(
    "GET",
    "/experimental/console/orgs",
    {
      ...experimental,
      id: "experimental.console.listOrgs",
      summary: "List organizations of the console",
      description: "The organizations of all accounts that were signed in to with `opencode console login`.",
      responses: { 200: json(Type.Object({ orgs: Type.Array(ConsoleOrg) }), "Organizations") },
    },
    async ({ app }) => ({ orgs: await listConsoleOrganizations(app) }),
  ),
  route(
    "POST",
    "/experimental/console/switch",
    {
      ...experimental,
      id: "experimental.console.switchOrg",
      summary: "Switch the organization of the console",
      description: "Makes another organization the active one. Its configuration holds at once, in every directory.",
      body: Type.Object({ accountID: Type.String(), orgID: Type.String() }),
      responses: { 200: done("The organization is switched"), 404: notFoundAnswer, 502: unreachable },
    },
    ({ app, body }) => switchOrganization(app, body.accountID, body.orgID),
  ),
  route(
    "POST",
    "/experimental/session/:sessionID/background",
    {
      ...experimental,
      id: "experimental.session.background",
      scope: "session",
      summary: "Let subagents go on in the background",
      description:
        "Lets go of all subagents that the session waits for, whatever the capabilities say. Their calls end at once and the session goes on; what each answers is given to the session when it is done, as a synthetic message that is answered like a prompt. They are no longer stopped with the session's run, but with their own.",
      params: { sessionID: Type.String({ pattern: "^ses" }) },
      responses: { 200: json(Type.Boolean(), "Whether any was let go"), 404: notFoundAnswer },
    },
    ({ instance, params }) => detachSubtasks(instance, params.sessionID),
  ),
]

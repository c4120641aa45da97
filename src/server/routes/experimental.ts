import { Type } from "@sinclair/typebox"
import { listAgents } from "../../agent/agent"
import { listMcpResources } from "../../mcp/resources"
import { ConsoleState, ExperimentalCapabilities } from "../../schema/experimental"
import { McpResource } from "../../schema/mcp"
import { GlobalSession } from "../../schema/session"
import { ToolIDs, ToolList } from "../../schema/tool"
import { Workspace, WorkspaceEventConnectionStatus } from "../../schema/workspace"
import { listAllSessions } from "../../session/all-sessions"
import { listToolIDs, listTools } from "../../tool/registry"
import { json } from "../answers"
import { type Route, route } from "../route"

const experimental = { tags: ["experimental"] }
const workspace = { tags: ["workspace"] }

export const experimentalRoutes: Route[] = [
  route(
    "GET",
    "/experimental/tool/ids",
    {
      ...experimental,
      id: "tool.ids",
      summary: "List tool ids",
      description: "The ids of all built-in tools.",
      responses: { 200: json(ToolIDs, "Tool ids") },
    },
    () => listToolIDs(),
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
        await listTools(instance, {
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
        roots: Type.Optional(Type.Boolean()),
        start: Type.Optional(Type.Number()),
        cursor: Type.Optional(Type.Number()),
        search: Type.Optional(Type.String()),
        limit: Type.Optional(Type.Number()),
        archived: Type.Optional(Type.Boolean()),
      },
      responses: { 200: json(Type.Array(GlobalSession), "Sessions") },
    },
    ({ app, query }) => listAllSessions(app, query),
  ),
  route(
    "GET",
    "/experimental/capabilities",
    {
      ...experimental,
      id: "experimental.capabilities.get",
      summary: "Get capabilities",
      description: "Which optional features the server has.",
      responses: { 200: json(ExperimentalCapabilities, "Capabilities") },
    },
    () => ({ backgroundSubagents: false }),
  ),
  route(
    "GET",
    "/experimental/console",
    {
      ...experimental,
      id: "experimental.console.get",
      summary: "Get console state",
      description: "The vendor's console that manages providers; this server is connected to none.",
      responses: { 200: json(ConsoleState, "Console state") },
    },
    () => ({ consoleManagedProviders: [], switchableOrgCount: 0 }),
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
    async ({ instance }) => {
      const resources = await listMcpResources(instance)
      return Object.fromEntries(resources.map((resource) => [`${resource.client}:${resource.uri}`, resource]))
    },
  ),
  route(
    "GET",
    "/experimental/workspace",
    {
      ...workspace,
      id: "experimental.workspace.list",
      summary: "List workspaces",
      description: "Remote workspaces; this server works in local directories only and has none.",
      responses: { 200: json(Type.Array(Workspace), "Workspaces") },
    },
    () => [],
  ),
  route(
    "GET",
    "/experimental/workspace/status",
    {
      ...workspace,
      id: "experimental.workspace.status",
      summary: "Get workspace status",
      description: "The connections to remote workspaces, of which there are none.",
      responses: { 200: json(Type.Array(WorkspaceEventConnectionStatus), "Connections") },
    },
    () => [],
  ),
]

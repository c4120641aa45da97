import { Type } from "@sinclair/typebox"
import { authenticateMcp, finishMcpLogin, removeMcpLogin, startMcpLogin } from "../../mcp/login"
import { addMcpServer, connectMcpServer, disconnectMcpServer, mcpStatus } from "../../mcp/status"
import { McpLocalConfig, McpRemoteConfig } from "../../schema/config-mcp"
import { McpServerNotFoundError, McpUnsupportedOAuthError, UnknownError } from "../../schema/error"
import { MCPStatus } from "../../schema/mcp"
import { done, json } from "../answers"
import { type Route, route } from "../route"

const tags = ["mcp"]
const params = { name: Type.String() }
const statuses = Type.Record(Type.String(), MCPStatus)
const unknown = json(McpServerNotFoundError, "There is no such server")
const unreachable = json(UnknownError, "The server cannot be reached")
const unsupported = json(McpUnsupportedOAuthError, "The server knows no logins, or registers no clients")

export const mcpRoutes: Route[] = [
  route(
    "GET",
    "/mcp",
    {
      id: "mcp.status",
      tags,
      summary: "Get MCP status",
      description: "How it stands with each MCP server. Those that are enabled are started by the first such request.",
      responses: { 200: json(statuses, "Status by name") },
    },
    ({ instance }) => mcpStatus(instance),
  ),
  route(
    "POST",
    "/mcp",
    {
      id: "mcp.add",
      tags,
      summary: "Add MCP server",
      description: "Adds a server until the instance is disposed, and connects it.",
      waits: true,
      body: Type.Object({ name: Type.String(), config: Type.Union([McpLocalConfig, McpRemoteConfig]) }),
      responses: { 200: json(statuses, "Status of all servers, by name") },
    },
    ({ instance, body }) => addMcpServer(instance, body.name, body.config),
  ),
  route(
    "POST",
    "/mcp/:name/connect",
    {
      id: "mcp.connect",
      tags,
      summary: "Connect MCP server",
      description: "Connects a server, also one that is disabled. Whether it worked is told by its status.",
      waits: true,
      params,
      responses: { 200: done("The attempt is over"), 404: unknown },
    },
    ({ instance, params: { name } }) => connectMcpServer(instance, name),
  ),
  route(
    "POST",
    "/mcp/:name/disconnect",
    {
      id: "mcp.disconnect",
      tags,
      summary: "Disconnect MCP server",
      description: "Disconnects a server until it is connected again.",
      params,
      responses: { 200: done("It is disconnected"), 404: unknown },
    },
    ({ instance, params: { name } }) => disconnectMcpServer(instance, name),
  ),
  route(
    "POST",
    "/mcp/:name/auth",
    {
      id: "mcp.auth.start",
      tags,
      summary: "Start MCP OAuth",
      description:
        "Begins a login and answers the page for it; an empty address when none is needed. A code that comes back to this machine is taken by itself.",
      params,
      responses: {
        200: json(Type.Object({ authorizationUrl: Type.String(), oauthState: Type.String() }), "The page to log in at"),
        400: unsupported,
        404: unknown,
        502: unreachable,
      },
    },
    ({ instance, params: { name } }) => startMcpLogin(instance, name),
  ),
  route(
    "DELETE",
    "/mcp/:name/auth",
    {
      id: "mcp.auth.remove",
      tags,
      summary: "Remove MCP OAuth",
      description: "Forgets the login of a server, and breaks off one that is under way.",
      params,
      responses: { 200: json(Type.Object({ success: Type.Literal(true) }), "It is forgotten"), 404: unknown },
    },
    ({ instance, params: { name } }) => removeMcpLogin(instance, name).then(() => ({ success: true as const })),
  ),
  route(
    "POST",
    "/mcp/:name/auth/callback",
    {
      id: "mcp.auth.callback",
      tags,
      summary: "Complete MCP OAuth",
      description: "Ends a login with the code that the authorization server gave the user.",
      params,
      body: Type.Object({ code: Type.String() }),
      responses: { 200: json(MCPStatus, "Status of the server"), 404: unknown },
    },
    ({ instance, params: { name }, body }) => finishMcpLogin(instance, name, body.code),
  ),
  route(
    "POST",
    "/mcp/:name/auth/authenticate",
    {
      id: "mcp.auth.authenticate",
      tags,
      summary: "Authenticate MCP OAuth",
      description: "Begins a login, shows its page in the browser of the server's machine, and waits for the end.",
      waits: true,
      params,
      responses: { 200: json(MCPStatus, "Status of the server"), 400: unsupported, 404: unknown, 502: unreachable },
    },
    ({ instance, params: { name } }) => authenticateMcp(instance, name),
  ),
]

import { Type } from "@sinclair/typebox"
import { listMcpResources, listMcpResourceTemplates, readMcpResource } from "../mcp/resources"
import { contentResult } from "./mcp"
import { defineTool, type Tool } from "./tool"

const server = Type.Optional(Type.String({ description: "Name of the server; all servers when left out" }))

const listResources = defineTool({
  id: "list_mcp_resources",
  description:
    "Lists what MCP servers have to read: documents, records, settings and the like, each with its address, server and kind. Look here before you search elsewhere for something that a server may hold.",
  parameters: Type.Object({ server }),
  async execute(args, { instance, ask }) {
    await ask({ permission: "list_mcp_resources", patterns: ["*"], always: ["*"] })
    const resources = await listMcpResources(instance, args.server)
    return listing("resources", resources)
  },
})

const listTemplates = defineTool({
  id: "list_mcp_resource_templates",
  description:
    "Lists the patterns of addresses at which MCP servers have something to read. Put values in place of the names in braces, then read the address with read_mcp_resource.",
  parameters: Type.Object({ server }),
  async execute(args, { instance, ask }) {
    await ask({ permission: "list_mcp_resource_templates", patterns: ["*"], always: ["*"] })
    return listing("resourceTemplates", await listMcpResourceTemplates(instance, args.server))
  },
})

const readResource = defineTool({
  id: "read_mcp_resource",
  description: "Reads a resource of an MCP server, as list_mcp_resources names it.",
  parameters: Type.Object({
    server: Type.String({ description: "Name of the server" }),
    uri: Type.String({ description: "Address of the resource" }),
  }),
  async execute(args, { instance, ask, signal }) {
    await ask({
      permission: "read_mcp_resource",
      patterns: [args.uri],
      always: ["*"],
      metadata: { server: args.server },
    })
    const content = await readMcpResource(instance, args, signal)
    return { ...(await contentResult(instance, content)), title: args.uri }
  },
})

/** What models look into the resources of MCP servers with. */
export const resourceTools: Tool[] = [listResources, listTemplates, readResource]

const listing = (key: string, entries: ({ client: string } & object)[]) => ({
  title: `${entries.length} ${entries.length === 1 ? "entry" : "entries"}`,
  output: JSON.stringify(
    { [key]: entries.map(({ client, ...entry }) => ({ server: client, ...entry })) },
    undefined,
    2,
  ),
  metadata: {},
})

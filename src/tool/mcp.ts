import { Type } from "@sinclair/typebox"
import type { Instance } from "../instance/instance"
import type { Content } from "../mcp/content"
import { hasMcpResources } from "../mcp/resources"
import { callMcpTool, listMcpTools, type OfferedMcpTool } from "../mcp/tools"
import { readImage } from "./image"
import { toolSchema } from "./json-schema"
import { listToolIDs, type OfferedTool } from "./registry"
import type { Attachment, Tool, ToolResult } from "./tool"

/**
 * The tools of MCP servers, as models get to know them, and those to look into servers' resources if there are any. None
 * of them stands in for a tool that is built in.
 */
export async function listServerTools(instance: Instance): Promise<OfferedTool[]> {
  const [offered, withResources] = await Promise.all([listMcpTools(instance), hasMcpResources(instance)])
  const resourceTools = withResources ? (await import("./mcp-resources")).resourceTools : []
  const taken = new Set([...listToolIDs(), ...resourceTools.map(({ id }) => id)])
  return [
    ...resourceTools.map((tool) => ({ tool, description: tool.description, schema: toolSchema(tool.parameters) })),
    ...offered.filter(({ id }) => !taken.has(id)).map(offer),
  ]
}

const offer = (offered: OfferedMcpTool): OfferedTool => {
  const { description = "", inputSchema } = offered.tool
  return {
    tool: serverTool(offered),
    description,
    // Some vendors refuse a schema of an object without properties.
    schema: { properties: {}, ...inputSchema, type: "object" },
  }
}

/** The server checks the arguments itself. */
const ANY_OBJECT = Type.Object({}, { additionalProperties: true })

const serverTool = (offered: OfferedMcpTool): Tool => ({
  id: offered.id,
  description: offered.tool.description ?? "",
  parameters: ANY_OBJECT,
  async execute(args, { instance, signal, ask }) {
    await ask({ permission: offered.id, patterns: ["*"], always: ["*"] })
    return contentResult(instance, await callMcpTool(instance, offered, args, signal))
  },
})

/** What a server sent, as the result of a call. Images that a vendor would refuse are left out, and the model is told so. */
export async function contentResult(instance: Instance, { texts, files }: Content): Promise<ToolResult> {
  const attachments: Attachment[] = []
  let omitted = 0
  for (const file of files) {
    if (!file.mime.startsWith("image/")) attachments.push(file)
    else {
      const url = await readImage(instance, file.mime, file.url).catch(() => undefined)
      if (url === undefined) omitted++
      else attachments.push({ ...file, url, mime: url.slice("data:".length, url.indexOf(";")) })
    }
  }
  const note =
    omitted > 0
      ? [
          `[${omitted} image${omitted > 1 ? "s" : ""} left out: not readable, or too large for the model even scaled down.]`,
        ]
      : []
  return {
    title: "",
    output: [...texts, ...note].join("\n\n"),
    metadata: {},
    ...(attachments.length > 0 && { attachments }),
  }
}

import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import type { Instance } from "../instance/instance"
import { timeoutOf } from "./attempt"
import { type Content, readContent } from "./content"
import type { McpTool } from "./follow-changes"
import { mcpToolID } from "./names"
import { sendRequest } from "./request"
import { connectedServers } from "./servers"
import { useServer } from "./use"

/** Milliseconds without a word from the tool: many work for minutes, and the user can stop them. */
const CALL_TIMEOUT = 5 * 60_000

const Result = Type.Object({
  content: Type.Optional(Type.Array(Type.Unknown())),
  structuredContent: Type.Optional(Type.Unknown()),
  isError: Type.Optional(Type.Boolean()),
})

/** A server's tool under the id that models call it by. */
export interface OfferedMcpTool {
  id: string
  server: string
  tool: McpTool
}

/** The tools of all connected servers; of two with the same id only the first. */
export async function listMcpTools(instance: Instance): Promise<OfferedMcpTool[]> {
  const tools = new Map<string, OfferedMcpTool>()
  for (const server of await connectedServers(instance, "run"))
    for (const tool of server.tools) {
      const id = mcpToolID(server.name, tool.name)
      if (!tools.has(id)) tools.set(id, { id, server: server.name, tool })
    }
  return [...tools.values()]
}

/** What connected servers tell models about themselves, with the ids of their tools. */
export async function listMcpInstructions(
  instance: Instance,
): Promise<{ server: string; instructions: string; toolIDs: string[] }[]> {
  return (await connectedServers(instance, "run")).flatMap(({ name, instructions, tools }) =>
    instructions?.trim()
      ? [{ server: name, instructions: instructions.trim(), toolIDs: tools.map((tool) => mcpToolID(name, tool.name)) }]
      : [],
  )
}

/** Calls a tool. Throws what the server says went wrong. */
export function callMcpTool(
  instance: Instance,
  { server, tool }: OfferedMcpTool,
  args: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Content> {
  return useServer(instance, server, signal, async ({ client }, own) => {
    const timeout = await timeoutOf(instance, own, CALL_TIMEOUT)
    const request = { method: "tools/call", params: { name: tool.name, arguments: args } } as const
    const answer = await sendRequest(client, request, { signal, timeout, patient: true })
    if (!Value.Check(Result, answer)) throw new Error("The server's answer is no result of a tool")
    const content = readContent(answer.content ?? [])
    if (answer.isError) throw new Error(content.texts.join("\n\n") || "The tool failed without saying why")
    const { structuredContent } = answer
    if (content.texts.length + content.files.length === 0 && structuredContent !== undefined)
      content.texts.push(JSON.stringify(structuredContent, undefined, 2))
    return content
  })
}

import type { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { type Static, Type } from "@sinclair/typebox"
import { listAll } from "./list-all"

const McpTool = Type.Object({
  name: Type.String({ minLength: 1 }),
  description: Type.Optional(Type.String()),
  inputSchema: Type.Object({}),
})
/** A tool as its server describes it. */
export type McpTool = Static<typeof McpTool>

/** The tools of a server. `timeout` in milliseconds for each page of the list. */
export const listTools = (client: Client, timeout: number): Promise<McpTool[]> =>
  listAll(client, { method: "tools/list", key: "tools", schema: McpTool }, { timeout })

interface Listener {
  timeout: number
  onTools(tools: McpTool[]): void
  onPrompts(): void
  onError(error: unknown): void
}

/**
 * Lists the tools again whenever the server says that they have changed, once for any number of changes during a listing.
 * To be called before the client connects, so that no change is missed; nothing is told before `begin`.
 */
export async function followChanges(client: Client, listener: Listener): Promise<{ begin(): void }> {
  const { PromptListChangedNotificationSchema, ToolListChangedNotificationSchema } = await import(
    "@modelcontextprotocol/sdk/types.js"
  )
  let stale = false
  let busy = true
  const list = async () => {
    if (busy) return
    busy = true
    try {
      while (stale) {
        stale = false
        listener.onTools(await listTools(client, listener.timeout))
      }
    } catch (error) {
      listener.onError(error)
    } finally {
      busy = false
    }
  }
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
    stale = true
    return list()
  })
  client.setNotificationHandler(PromptListChangedNotificationSchema, listener.onPrompts)
  return {
    begin() {
      busy = false
      void list()
    },
  }
}

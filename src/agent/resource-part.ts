import { errorMessage } from "../base/error"
import { newID } from "../base/id"
import type { Instance } from "../instance/instance"
import { readMcpResource } from "../mcp/resources"
import type { ResourceSource } from "../schema/file-part"
import type { UserMessage } from "../schema/message"
import type { Part } from "../schema/part"
import type { FilePartInput } from "../schema/part-input"
import { contentResult } from "../tool/mcp"
import { boundOutput } from "../tool/output"
import { publishFailure } from "./failure"

/**
 * A resource of an MCP server becomes what it holds: texts, and files for images and documents. One that cannot be read
 * becomes a text that says so, and a `session.error`.
 */
export async function expandResource(
  instance: Instance,
  info: UserMessage,
  { filename }: FilePartInput,
  { clientName: server, uri }: ResourceSource,
): Promise<Part[]> {
  const ids = () => ({ id: newID("part"), sessionID: info.sessionID, messageID: info.id })
  const text = (text: string): Part => ({ ...ids(), type: "text", text, synthetic: true })
  const name = filename ?? uri
  const head = text(`Reading MCP resource: ${name} (${uri})`)
  try {
    const content = await readMcpResource(instance, { server, uri })
    const { output, attachments = [] } = await contentResult(instance, content)
    const read = output ? [text((await boundOutput(instance, output)).text)] : []
    return [head, ...read, ...attachments.map((file): Part => ({ ...ids(), type: "file", ...file }))]
  } catch (error) {
    publishFailure(instance, info.sessionID, error)
    return [head, text(`Failed to read MCP resource ${name}: ${errorMessage(error)}`)]
  }
}

import { type Static, type TSchema, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { errorMessage } from "../base/error"
import type { Instance } from "../instance/instance"
import type { McpResource } from "../schema/mcp"
import { timeoutOf } from "./attempt"
import { type Content, readContents } from "./content"
import { listAll } from "./list-all"
import { sendRequest } from "./request"
import type { McpServer } from "./server"
import { connectedServers } from "./servers"
import { useServer } from "./use"

/** Milliseconds that a list of resources waits for a server. */
const PATIENCE = 5_000

const described = {
  name: Type.String(),
  description: Type.Optional(Type.String()),
  mimeType: Type.Optional(Type.String()),
}
const Resource = Type.Object({ uri: Type.String(), ...described })
const Template = Type.Object({ uriTemplate: Type.String(), ...described })
const Result = Type.Object({ contents: Type.Array(Type.Unknown()) })

/** A pattern of addresses that a server has resources at. */
export type McpResourceTemplate = Static<typeof Template> & { client: string }

/** The resources of all connected servers, or of one. */
export async function listMcpResources(instance: Instance, server?: string): Promise<McpResource[]> {
  const lists = await listEach(instance, server, { method: "resources/list", key: "resources", schema: Resource })
  return lists.map(({ client, entry: { uri, name, description, mimeType } }) => ({
    name,
    uri,
    ...(description !== undefined && { description }),
    ...(mimeType !== undefined && { mimeType }),
    client,
  }))
}

/** The templates of resources of all connected servers, or of one. */
export async function listMcpResourceTemplates(instance: Instance, server?: string): Promise<McpResourceTemplate[]> {
  const lists = await listEach(instance, server, {
    method: "resources/templates/list",
    key: "resourceTemplates",
    schema: Template,
  })
  return lists.map(({ client, entry: { uriTemplate, name, description, mimeType } }) => ({
    name,
    uriTemplate,
    ...(description !== undefined && { description }),
    ...(mimeType !== undefined && { mimeType }),
    client,
  }))
}

/** Whether any connected server has resources. */
export const hasMcpResources = async (instance: Instance): Promise<boolean> =>
  (await connectedServers(instance, "run")).some(({ offers }) => offers.resources)

/** What a server's resource holds. Throws when the server is not connected or does not have it. */
export function readMcpResource(
  instance: Instance,
  { server, uri }: { server: string; uri: string },
  signal: AbortSignal = instance.signal,
): Promise<Content> {
  return useServer(instance, server, signal, async ({ client }, own) => {
    const timeout = await timeoutOf(instance, own)
    const answer = await sendRequest(client, { method: "resources/read", params: { uri } }, { signal, timeout })
    if (!Value.Check(Result, answer)) throw new Error("The server's answer holds no resource")
    return readContents(answer.contents)
  })
}

type List<T extends TSchema> = { method: "resources/list" | "resources/templates/list"; key: string; schema: T }

async function listEach<T extends TSchema>(instance: Instance, only: string | undefined, list: List<T>) {
  const servers = (await connectedServers(instance, "list")).filter(
    ({ name, offers }) => offers.resources && (only === undefined || name === only),
  )
  const lists = await Promise.all(servers.map((server) => listOne(instance, server, list)))
  return lists.flat()
}

/** A server that does not answer does not cost the others' resources. */
async function listOne<T extends TSchema>(instance: Instance, { name }: McpServer, list: List<T>) {
  try {
    return await useServer(instance, name, instance.signal, async ({ client }, server) => {
      const timeout = Math.min(PATIENCE, await timeoutOf(instance, server))
      const entries = await listAll(client, list, { timeout })
      return entries.map((entry) => ({ client: name, entry }))
    })
  } catch (error) {
    instance.app.log.warn("The resources of an MCP server could not be listed", {
      server: name,
      reason: errorMessage(error),
    })
    return []
  }
}

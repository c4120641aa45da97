import { type Static, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { errorMessage } from "../base/error"
import type { Instance } from "../instance/instance"
import { timeoutOf } from "./attempt"
import { type Content, readContent } from "./content"
import { listAll } from "./list-all"
import { plainName } from "./names"
import { sendRequest } from "./request"
import type { McpServer } from "./server"
import { connectedServers } from "./servers"
import { useServer } from "./use"
import { settlesWithin } from "./within"

/** Milliseconds that a list of commands waits for prompts; they are there the next time. */
const PATIENCE = 5_000

const McpPrompt = Type.Object({
  name: Type.String({ minLength: 1 }),
  title: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  arguments: Type.Optional(Type.Array(Type.Object({ name: Type.String(), required: Type.Optional(Type.Boolean()) }))),
})

/** A prompt as its server describes it. */
export type McpPrompt = Static<typeof McpPrompt>

/** A server's prompt under the name of its command, `SERVER:PROMPT`. */
export interface OfferedPrompt {
  command: string
  server: string
  prompt: McpPrompt
}

const Result = Type.Object({ messages: Type.Array(Type.Object({ content: Type.Unknown() })) })

/** The prompts of all connected servers; of two with the same name only the first. */
export async function listMcpPrompts(instance: Instance): Promise<OfferedPrompt[]> {
  const prompts = new Map<string, OfferedPrompt>()
  const servers = (await connectedServers(instance, "list")).filter(({ offers }) => offers.prompts)
  const lists = await Promise.all(servers.map((server) => serverPrompts(instance, server)))
  for (const offered of lists.flat()) if (!prompts.has(offered.command)) prompts.set(offered.command, offered)
  return [...prompts.values()]
}

/** What a prompt says with these words as its arguments, in their order. The last argument gets all the words that are left. */
export function getMcpPrompt(instance: Instance, { server, prompt }: OfferedPrompt, words: string[]): Promise<Content> {
  return useServer(instance, server, instance.signal, async ({ client }, own) => {
    const names = (prompt.arguments ?? []).map((argument) => argument.name)
    const given = names.flatMap((name, at) => (words[at] === undefined ? [] : [[name, words[at]]]))
    const answer = await sendRequest(
      client,
      { method: "prompts/get", params: { name: prompt.name, arguments: Object.fromEntries(given) } },
      { timeout: await timeoutOf(instance, own) },
    )
    if (!Value.Check(Result, answer)) throw new Error("The server's answer is no prompt")
    return readContent(answer.messages.map((message) => message.content))
  })
}

/** Asked for once, until the server says that they have changed. */
async function serverPrompts(instance: Instance, server: McpServer): Promise<OfferedPrompt[]> {
  const { name } = server
  server.prompts ??= useServer(instance, name, instance.signal, async ({ client }) =>
    listAll(
      client,
      { method: "prompts/list", key: "prompts", schema: McpPrompt },
      { timeout: await timeoutOf(instance, server) },
    ),
  )
  const { prompts } = server
  const own = prompts.catch((error) => {
    if (server.prompts === prompts) delete server.prompts
    instance.app.log.warn("The prompts of an MCP server could not be listed", {
      server: name,
      reason: errorMessage(error),
    })
    return []
  })
  if (!(await settlesWithin(own, PATIENCE))) return []
  return (await own).map((prompt) => ({
    command: `${plainName(name)}:${plainName(prompt.name)}`,
    server: name,
    prompt,
  }))
}

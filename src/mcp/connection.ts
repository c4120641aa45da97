import type { Client } from "@modelcontextprotocol/sdk/client/index.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import { untilAborted } from "../base/abort"
import { errorMessage } from "../base/error"
import type { Instance } from "../instance/instance"
import type { McpLocalConfig, McpRemoteConfig } from "../schema/config-mcp"
import type { McpAuthProvider } from "./auth-provider"
import { followChanges, listTools, type McpTool } from "./follow-changes"
import { localTransport } from "./local-transport"
import { httpTransport, sseTransport } from "./remote-transport"

export type McpConfig = McpLocalConfig | McpRemoteConfig

/** A server that has answered, and is there until it is closed. */
export interface Connection {
  readonly client: Client
  readonly auth: McpAuthProvider | undefined
  /** What the server tells models about itself. */
  readonly instructions: string | undefined
  /** As they were when the connection was made. */
  readonly tools: McpTool[]
  readonly offers: { prompts: boolean; resources: boolean }
  /** Ends the connection, and the program behind it. */
  close(): Promise<void>
}

interface ConnectionOptions {
  name: string
  config: McpConfig
  /** For remote servers that may want a login. */
  auth?: McpAuthProvider | undefined
  /** Milliseconds for all that it takes to connect. */
  timeout: number
  /** Aborting it ends the attempt. */
  signal: AbortSignal
  onTools(tools: McpTool[]): void
  onPrompts(): void
  /** The connection has ended without being closed from here. */
  onLost(reason: string): void
}

type ServerTransport = Transport & { lastWords?(): string; isFatal?(error: Error): boolean }

/** Connects to a server and asks for its tools. An attempt that fails leaves nothing behind; its message is for the user. */
export async function openConnection(instance: Instance, options: ConnectionOptions): Promise<Connection> {
  const { app } = instance
  const { config, auth } = options
  const deadline = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeout)])
  if (config.type === "local") return connect(instance, options, await localTransport(instance, config), deadline)
  try {
    return await connect(instance, options, await httpTransport(app, config, auth), deadline)
  } catch (error) {
    // A server that wants a login does speak this protocol; one that is too slow gets no second chance.
    if (deadline.aborted || auth?.missing() || isAnswer(error)) throw error
    return connect(instance, options, await sseTransport(app, config, auth), deadline)
  }
}

async function connect(
  { app }: Instance,
  options: ConnectionOptions,
  transport: ServerTransport,
  deadline: AbortSignal,
): Promise<Connection> {
  const { name: server, timeout } = options
  const { Client } = await import("@modelcontextprotocol/sdk/client/index.js")
  const client = new Client({ name: "opencode", version: app.version })
  let open = false
  const close = async () => {
    open = false
    await transport.close()
  }
  const lose = (reason: string) => {
    if (!open) return
    void close()
    options.onLost(withLastWords(reason, transport))
  }
  client.onerror = (error) => {
    app.log.debug("An MCP server sent something unexpected", { server, reason: errorMessage(error) })
    if (transport.isFatal?.(error)) lose(errorMessage(error))
  }
  client.onclose = () => lose("Connection closed")
  try {
    deadline.throwIfAborted()
    const changes = await followChanges(client, {
      ...options,
      onError: (error) =>
        app.log.warn("Tools of an MCP server could not be listed anew", { server, reason: errorMessage(error) }),
    })
    // The SDK's own limit is for this single request; the deadline covers the start of the program too.
    await untilAborted(client.connect(transport, { timeout: timeout + 1000 }), deadline)
    const { tools, prompts, resources } = client.getServerCapabilities() ?? {}
    const connection: Connection = {
      client,
      auth: options.auth,
      instructions: client.getInstructions(),
      tools: tools ? await untilAborted(listTools(client, timeout + 1000), deadline) : [],
      offers: { prompts: prompts !== undefined, resources: resources !== undefined },
      close,
    }
    open = true
    changes.begin()
    return connection
  } catch (error) {
    await close()
    options.signal.throwIfAborted()
    const reason = deadline.aborted ? `No answer within ${timeout / 1000} seconds` : errorMessage(error)
    throw new Error(withLastWords(reason, transport), { cause: error })
  }
}

/** The end of what a program wrote before it failed mostly says why. */
function withLastWords(reason: string, transport: ServerTransport): string {
  const words = transport.lastWords?.()
  return words ? `${reason}\n${words}` : reason
}

/** Whether the server has answered with a status that says more than that it does not know this protocol. */
function isAnswer(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  return typeof code === "number" && code > 400 && ![404, 405, 406, 415].includes(code)
}

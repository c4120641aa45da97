import { errorMessage, tagged } from "../base/error"
import { getConfig } from "../config/config"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import type { Config } from "../schema/config"
import type { MCPStatus } from "../schema/mcp"
import { authProvider, type McpAuthProvider } from "./auth-provider"
import { type Connection, type McpConfig, openConnection } from "./connection"
import type { McpTool } from "./follow-changes"
import type { Login } from "./login"
import type { McpPrompt } from "./prompts"
import { redirectOf } from "./redirect"
import { settlesWithin } from "./within"

/** Milliseconds in which a server has to answer unless its configuration says otherwise. */
const TIMEOUT = 30_000
/** Milliseconds between two attempts to reach a server that was lost. */
const RETRY_AFTER = 30_000
/**
 * Milliseconds that others wait for a server that is being connected, from the begin of the attempt: a client that wants
 * a list, and a run that wants tools. The server goes on without them and is told of when it is there.
 */
const PATIENCE = { list: 5_000, run: 15_000 }
/** Milliseconds after which a program that nobody uses is ended; its tools stay on offer and start it again. */
const IDLE_AFTER = 30 * 60_000
const IDLE_CHECK = 60_000

/** A configured server, and how it stands with it. */
export interface McpServer {
  readonly name: string
  readonly config: McpConfig
  /** Undefined until somebody has asked for it. A connected one without `connection` was idle and is started when needed. */
  status: MCPStatus | undefined
  connection?: Connection | undefined
  attempt?: Attempt | undefined
  /** It was connected and ended by itself. */
  lost: boolean
  /** When the last attempt began, on the clock of `performance.now()`. */
  attemptedAt: number
  tools: McpTool[]
  /** As asked for last; gone when they have changed. */
  prompts?: Promise<McpPrompt[]> | undefined
  instructions: string | undefined
  offers: Connection["offers"]
  /** Uses that are under way. */
  uses: number
  /** Epoch milliseconds. */
  usedAt: number
  login?: Login | undefined
}

interface Attempt {
  readonly promise: Promise<void>
  readonly abort: AbortController
  /** Somebody did not wait for the end of it. */
  missed: boolean
}

interface Servers {
  /** The configuration that `configured` was made from. */
  config: Config | undefined
  configured: Map<string, McpServer>
  /** Those that clients have added: they win, and are gone with the instance. */
  added: Map<string, McpServer>
  idleCheck: Timer
}

const state = instanceState(
  (instance): Servers => ({
    config: undefined,
    configured: new Map(),
    added: new Map(),
    idleCheck: setInterval(() => void stopIdle(instance), IDLE_CHECK).unref(),
  }),
  async (servers) => {
    clearInterval(servers.idleCheck)
    await Promise.all([...servers.configured.values(), ...servers.added.values()].map((server) => stopServer(server)))
  },
)

/** The servers of the configuration and those that were added. Follows changes of the configuration; connects nothing. */
export async function listServers(instance: Instance): Promise<McpServer[]> {
  const config = await getConfig(instance)
  const servers = state(instance)
  if (servers.config !== config) adopt(instance, servers, config)
  return [...new Map([...servers.configured, ...servers.added]).values()]
}

function adopt(instance: Instance, servers: Servers, config: Config) {
  const former = servers.configured
  servers.config = config
  servers.configured = new Map()
  for (const [name, entry] of Object.entries(config.mcp ?? {})) {
    // An entry that only switches a server on or off is for one that another file configures.
    if (!("type" in entry)) continue
    const known = former.get(name)
    const same = known && Bun.deepEquals(known.config, entry)
    servers.configured.set(name, same ? known : newServer(instance, name, entry))
    if (same) former.delete(name)
  }
  for (const server of former.values()) void stopServer(server)
}

/** The server of that name. Throws 404 `McpServerNotFoundError`. */
export async function getServer(instance: Instance, name: string): Promise<McpServer> {
  const server = (await listServers(instance)).find((each) => each.name === name)
  if (!server) throw tagged(404, "McpServerNotFoundError", `MCP server not found: ${name}`, { name })
  return server
}

/** Adds a server, in place of one of the same name, until the instance is disposed. */
export async function addServer(instance: Instance, name: string, config: McpConfig): Promise<McpServer> {
  const former = (await listServers(instance)).find((each) => each.name === name)
  const server = newServer(instance, name, config)
  state(instance).added.set(name, server)
  if (former) await stopServer(former)
  return server
}

const newServer = ({ app }: Instance, name: string, config: McpConfig): McpServer => ({
  name,
  config,
  status: config.enabled === false ? { status: "disabled" } : undefined,
  lost: false,
  attemptedAt: Number.NEGATIVE_INFINITY,
  tools: [],
  instructions: undefined,
  offers: { prompts: false, resources: false },
  uses: 0,
  usedAt: app.now(),
})

/**
 * The servers that are connected, after those that are enabled have been started. A list that a client asks for waits a
 * little for slow ones; a run waits longer, and also brings back servers that were lost.
 */
export async function connectedServers(
  instance: Instance,
  purpose: "list" | "run",
  patience = PATIENCE[purpose],
): Promise<McpServer[]> {
  const servers = await listServers(instance)
  await Promise.all(
    servers.map(async (server) => {
      if (server.status === undefined || (purpose === "run" && mayRetry(server))) void startServer(instance, server)
      const { attempt } = server
      if (!attempt) return
      const left = server.attemptedAt + patience - performance.now()
      if (left <= 0 || !(await settlesWithin(attempt.promise, left))) attempt.missed = true
    }),
  )
  return servers.filter((server) => server.status?.status === "connected")
}

/** Whether a server that was lost may be started again: not so often that one which always crashes keeps the machine busy. */
export const mayRetry = ({ lost, attemptedAt }: McpServer) => lost && performance.now() - attemptedAt > RETRY_AFTER

/**
 * Connects to a server unless that is under way, and waits for the outcome, which is its status. Never rejects. `auth` is
 * that of a login that is being made.
 */
export function startServer(instance: Instance, server: McpServer, auth?: McpAuthProvider): Promise<void> {
  if (server.attempt) return server.attempt.promise
  const abort = new AbortController()
  server.attemptedAt = performance.now()
  const attempt: Attempt = {
    abort,
    missed: false,
    // Begins when the attempt is in its place, which it looks at in the end.
    promise: Promise.resolve().then(() => connect(instance, server, attempt, auth)),
  }
  server.attempt = attempt
  return attempt.promise
}

async function connect(instance: Instance, server: McpServer, attempt: Attempt, given?: McpAuthProvider) {
  const { app } = instance
  const { name, config } = server
  const change = () => publish(instance, "mcp.tools.changed", { server: name })
  let auth = given
  let outcome: MCPStatus
  try {
    if (config.type === "remote" && config.oauth !== false)
      auth ??= authProvider(app, name, config, { redirectUrl: redirectOf(config).url })
    const connection = await openConnection(instance, {
      name,
      config,
      auth,
      timeout: await timeoutOf(instance, server),
      signal: AbortSignal.any([attempt.abort.signal, instance.signal]),
      onTools(tools) {
        server.tools = tools
        change()
      },
      onPrompts: () => delete server.prompts,
      onLost: (reason) => lose(instance, server, connection, { status: "failed", error: reason }),
    })
    if (server.attempt !== attempt) return await connection.close()
    server.connection = connection
    server.lost = false
    server.tools = connection.tools
    server.instructions = connection.instructions
    server.offers = connection.offers
    server.usedAt = app.now()
    delete server.prompts
    outcome = { status: "connected" }
  } catch (error) {
    outcome = failure(error, auth)
    app.log.warn("An MCP server could not be connected", { server: name, ...outcome })
  }
  if (server.attempt !== attempt) return
  delete server.attempt
  server.status = outcome
  if (attempt.missed && outcome.status === "connected") change()
}

function failure(error: unknown, auth: McpAuthProvider | undefined): MCPStatus {
  const missing = auth?.missing()
  if (missing === "login") return { status: "needs_auth" }
  return { status: missing ? "needs_client_registration" : "failed", error: errorMessage(error) }
}

/** Milliseconds that the configuration gives a request to this server, or that are usual. */
export async function timeoutOf(instance: Instance, { config }: McpServer, usual = TIMEOUT): Promise<number> {
  return config.timeout ?? (await getConfig(instance)).experimental?.mcp_timeout ?? usual
}

/** A connection that is of no use any more: its tools are gone until the server is connected again. */
export function lose(instance: Instance, server: McpServer, connection: Connection, status: MCPStatus): void {
  if (server.connection !== connection) return
  delete server.connection
  server.status = status
  server.lost = true
  void connection.close()
  instance.app.log.warn("The connection to an MCP server was lost", { server: server.name, ...status })
  publish(instance, "mcp.tools.changed", { server: server.name })
}

/** Ends the connection, or the attempt to make one, and a login that is under way. */
export async function stopServer(server: McpServer, status?: MCPStatus): Promise<void> {
  const { attempt, connection, login } = server
  delete server.attempt
  delete server.connection
  server.status = status
  server.lost = false
  login?.cancel()
  attempt?.abort.abort(new Error("The server is being disconnected"))
  await Promise.all([attempt?.promise, connection?.close()])
}

/** Ends the programs that nobody has used for long. They count as connected, and are started again when needed. */
export async function stopIdle(instance: Instance): Promise<void> {
  const { configured, added } = state(instance)
  const idle = [...configured.values(), ...added.values()].filter(
    ({ config, connection, uses, usedAt }) =>
      config.type === "local" && connection && uses === 0 && instance.app.now() - usedAt > IDLE_AFTER,
  )
  await Promise.all(
    idle.map(async (server) => {
      const { connection } = server
      delete server.connection
      await connection?.close()
    }),
  )
}

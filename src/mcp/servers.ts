import { tagged } from "../base/error"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import type { Config } from "../schema/config"
import { startServer, stopServer } from "./attempt"
import { findMcpAuth } from "./auth-file"
import type { McpConfig } from "./connection"
import { type McpServer, newServer } from "./server"
import { settlesWithin } from "./within"

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
      if (await wantsStart(instance, server, purpose)) void startServer(instance, server)
      const { attempt } = server
      if (!attempt) return
      const left = server.attemptedAt + patience - performance.now()
      if (left <= 0 || !(await settlesWithin(attempt.promise, left))) attempt.missed = true
    }),
  )
  return servers.filter((server) => server.status?.status === "connected")
}

async function wantsStart({ app }: Instance, server: McpServer, purpose: "list" | "run"): Promise<boolean> {
  const { status, config, name, login } = server
  if (status === undefined) return true
  if (status.status !== "needs_auth" || config.type !== "remote" || login) return purpose === "run" && mayRetry(server)
  // The user may have logged in meanwhile, in another directory or with another program.
  const { tokens } = await findMcpAuth(app, name, config.url).catch(() => ({ tokens: undefined }))
  return tokens !== undefined && tokens.accessToken !== server.refused
}

/** Whether a server that was lost may be started again: not so often that one which always crashes keeps the machine busy. */
export const mayRetry = ({ lost, attemptedAt }: McpServer) => lost && performance.now() - attemptedAt > RETRY_AFTER

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

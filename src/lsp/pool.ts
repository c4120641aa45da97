import { errorMessage } from "../base/error"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import { type Client, startClient } from "./client"
import { findCommand, findRoot } from "./locate"
import { knowsFile, languageServers } from "./server-list"
import type { LanguageServer } from "./servers"

/** Milliseconds without use after which a server is ended. */
const IDLE = 15 * 60_000
const IDLE_CHECK = 60_000
/** Milliseconds before a server that has failed is started again: twice as long each time, up to a limit. */
const FIRST_PAUSE = 1000
const MAX_PAUSE = 5 * 60_000
/** Milliseconds of running after which earlier failures no longer count. */
const STABLE = 60_000

/** One server for one root: being started, running, or failed. */
export interface Slot {
  readonly server: LanguageServer
  readonly root: string
  /** Undefined when it is not installed or does not start; the reason is in `failed`. */
  starting: Promise<Client | undefined>
  client?: Client
  failed?: boolean
  failures: number
  /** Epoch milliseconds. */
  retryAt: number
  lastUsed: number
}

interface Pool {
  slots: Map<string, Slot>
  timer?: Timer
}

const pools = instanceState(
  (): Pool => ({ slots: new Map() }),
  async (pool) => {
    clearInterval(pool.timer)
    await Promise.all([...pool.slots.values()].map(stop))
  },
)

/** The servers that are wanted for a file (a real path), each as soon as it is ready; undefined for one that cannot be had. */
export async function clientsFor(instance: Instance, file: string): Promise<Promise<Client | undefined>[]> {
  const servers = await languageServers(instance)
  const pool = currentPool(instance, servers)
  const fitting = servers.filter((server) => knowsFile(server, file))
  const roots = await Promise.all(fitting.map((server) => findRoot(instance, server, file)))
  return fitting.flatMap((server, index) => {
    const root = roots[index]
    return root === undefined ? [] : [useSlot(instance, pool, { server, root })]
  })
}

/** What is known of each server that runs or has failed. */
export async function listSlots(instance: Instance): Promise<Slot[]> {
  return [...currentPool(instance, await languageServers(instance)).slots.values()]
}

/** Ends the servers that were last used before a time (epoch milliseconds). Settles when they are gone. */
export async function stopIdle(instance: Instance, before: number): Promise<void> {
  const { slots } = pools(instance)
  const idle = [...slots].filter(([, slot]) => slot.client && slot.lastUsed < before)
  for (const [key] of idle) slots.delete(key)
  await Promise.all(idle.map(([, slot]) => stop(slot)))
  if (idle.length > 0) publish(instance, "lsp.updated", {})
}

/** The pool, without the servers that the configuration no longer has in this form. */
function currentPool(instance: Instance, servers: readonly LanguageServer[]): Pool {
  const pool = pools(instance)
  for (const [key, slot] of pool.slots) {
    if (servers.includes(slot.server) || servers.some((each) => Bun.deepEquals(each, slot.server))) continue
    pool.slots.delete(key)
    void stop(slot)
  }
  return pool
}

function useSlot(instance: Instance, pool: Pool, wanted: Pick<Slot, "server" | "root">): Slot["starting"] {
  const key = `${wanted.server.id}\0${wanted.root}`
  const now = instance.app.now()
  const known = pool.slots.get(key)
  if (known && !known.failed) known.lastUsed = now
  if (known && (!known.failed || now < known.retryAt)) return known.starting
  const slot: Slot = {
    ...wanted,
    starting: Promise.resolve(undefined),
    failures: known?.failures ?? 0,
    retryAt: 0,
    lastUsed: now,
  }
  pool.slots.set(key, slot)
  slot.starting = start(instance, pool, key, slot)
  pool.timer ??= setInterval(() => void stopIdle(instance, instance.app.now() - IDLE), IDLE_CHECK).unref()
  return slot.starting
}

async function start(instance: Instance, pool: Pool, key: string, slot: Slot): Promise<Client | undefined> {
  const { server, root } = slot
  const { log } = instance.app
  const isCurrent = () => pool.slots.get(key) === slot && !instance.signal.aborted
  const fail = () => {
    delete slot.client
    slot.failed = true
    slot.starting = Promise.resolve(undefined)
    slot.retryAt = instance.app.now() + Math.min(FIRST_PAUSE * 2 ** slot.failures++, MAX_PAUSE)
    publish(instance, "lsp.updated", {})
  }
  try {
    const command = await findCommand(instance, server, root)
    if (!command) {
      // Somebody may install it in the next minute.
      if (isCurrent()) pool.slots.delete(key)
      return undefined
    }
    const client = await startClient(instance, { server, root, command })
    const startedAt = instance.app.now()
    log.info("A language server is ready", { server: server.id, root, pid: client.connection.pid })
    slot.client = client
    client.connection.ended.then(({ code, said }) => {
      if (!isCurrent()) return
      log.warn("A language server ended unexpectedly", { server: server.id, root, code, said })
      if (instance.app.now() - startedAt > STABLE) slot.failures = 0
      fail()
    })
    if (isCurrent()) publish(instance, "lsp.updated", {})
    return client
  } catch (error) {
    if (!isCurrent()) return undefined
    log.warn("A language server does not start", { server: server.id, root, reason: errorMessage(error) })
    fail()
    return undefined
  }
}

/** Ends what a slot has, also what is just being started. */
async function stop(slot: Slot): Promise<void> {
  const client = await slot.starting
  await client?.connection.stop()
}

import { join } from "node:path"
import type { Log } from "../base/log"
import { type Paths, realPath } from "../base/path"
import { createBus } from "../bus/bus"
import { createSupervisor } from "../process/spawn"
import { openStore } from "../store/sqlite"
import type { App } from "./app"
import { endAll } from "./instance"

export interface AppOptions {
  version: string
  env: Readonly<Record<string, string | undefined>>
  /** What a request without a directory means. */
  directory: string
  paths: Paths
  log: Log
  now?: () => number
  /** File of the database, or `:memory:`; default `server.db` in the data directory. */
  database?: string
}

/** Opens the database and all that the process shares. Throws `StoreOpenError` when the database cannot be used. */
export async function openApp(options: AppOptions): Promise<App> {
  const { version, env, paths, log, now = Date.now } = options
  const [directory, store] = await Promise.all([
    realPath(options.directory),
    openStore(options.database ?? join(paths.data, "server.db"), { now }),
  ])
  return {
    version,
    env,
    directory,
    paths,
    store,
    log,
    processes: createSupervisor(log),
    bus: createBus((error) => log.error("A listener of the server failed", { error })),
    instances: new Map(),
    now,
  }
}

/** Ends all instances (without a word to the clients, see `endAll`), ends all child processes, then closes the database. */
export async function closeApp(app: App): Promise<void> {
  await endAll(app)
  await app.processes.dispose()
  await app.store.close()
}

import { mkdir, writeFile } from "node:fs/promises"
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
  const { version, env, log, now = Date.now } = options
  const [directory, data] = await Promise.all([realPath(options.directory), realPath(options.paths.data)])
  const paths = { ...options.paths, data }
  const store = await openStore(options.database ?? join(data, "server.db"), { now })
  await keepOutOfGit(data, log)
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

/** Who works in their home directory, and has it in git, wants neither diffs nor snapshots of our database and keys. */
async function keepOutOfGit(data: string, log: Log): Promise<void> {
  try {
    await mkdir(data, { recursive: true, mode: 0o700 })
    await writeFile(join(data, ".gitignore"), "*\n", { flag: "wx" })
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
      log.warn("The data directory could not be hidden from git", { error })
  }
}

/** Ends all instances (without a word to the clients, see `endAll`), ends all child processes, then closes the database. */
export async function closeApp(app: App): Promise<void> {
  await endAll(app)
  await app.processes.dispose()
  await app.store.close()
}

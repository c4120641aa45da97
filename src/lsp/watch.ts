import { existsSync, type FSWatcher, lstatSync, watch } from "node:fs"
import { readdir } from "node:fs/promises"
import { dirname, isAbsolute, join, relative, sep } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import type { Client } from "./client"

/** What became of a file on disk. */
export interface FileChange {
  file: string
  event: "add" | "change" | "unlink"
}

/** Milliseconds that changes are gathered before they are told. */
const GATHER = 100
/** Changes that are told at once; of more than that (a build, a checkout of another branch) the rest is left out. */
const MAX_CHANGES = 2000
/** Directories at the root that hold no sources, or so many that watching them costs more than it tells. */
const SKIPPED = new Set([".git", "node_modules", "target", "dist", "build", "out", ".venv", "venv", "vendor", "_build"])

const Registered = Type.Object({
  watchers: Type.Array(
    Type.Object({
      globPattern: Type.Union([
        Type.String(),
        Type.Object({
          pattern: Type.String(),
          baseUri: Type.Union([Type.String(), Type.Object({ uri: Type.String() })]),
        }),
      ]),
    }),
  ),
})

/** The files that a server asked to be told of, and what is still to be told. */
export interface Watch {
  /** Tests by registration. */
  registrations: Map<string, ((file: string) => boolean)[]>
  watchers: Map<string, FSWatcher>
  gathered: Map<string, FileChange["event"]>
  timer?: Timer
}

export const newWatch = (): Watch => ({ registrations: new Map(), watchers: new Map(), gathered: new Map() })

/** Notes which files a server wants to know of; with the first registration its root is watched. */
export function registerWatch(client: Client, id: string, options: unknown): void {
  const { registrations, watchers } = client.watch
  if (!Value.Check(Registered, options)) return
  registrations.set(
    id,
    options.watchers.map(({ globPattern }) => fileTest(client.root, globPattern)),
  )
  if (watchers.size === 0) openWatch(client)
}

/** Tells a server what became of files, as far as it asked for them. */
export async function tellChanges(client: Client, changes: FileChange[]): Promise<void> {
  const tests = [...client.watch.registrations.values()].flat()
  const wanted = changes.filter(({ file }) => tests.some((test) => test(file))).slice(0, MAX_CHANGES)
  if (wanted.length === 0) return
  await client.connection.rpc.sendNotification("workspace/didChangeWatchedFiles", {
    changes: wanted.map(({ file, event }) => ({ uri: pathToFileURL(file).href, type: CHANGE_TYPE[event] })),
  })
}

const CHANGE_TYPE = { add: 1, change: 2, unlink: 3 }

type Pattern = string | { pattern: string; baseUri: string | { uri: string } }

function fileTest(root: string, pattern: Pattern): (file: string) => boolean {
  if (typeof pattern !== "string") {
    const uri = typeof pattern.baseUri === "string" ? pattern.baseUri : pattern.baseUri.uri
    return fileTest(uri.startsWith("file:") ? fileURLToPath(uri) : root, pattern.pattern)
  }
  const glob = new Bun.Glob(pattern)
  const absolute = isAbsolute(pattern)
  return (file) => glob.match((absolute ? file : relative(root, file)).replaceAll(sep, "/"))
}

function openWatch(client: Client): void {
  const { root, watch: own, connection, instance } = client
  if (root === dirname(root) || root === instance.app.paths.home) return
  const close = () => {
    for (const watcher of own.watchers.values()) watcher.close()
    own.watchers.clear()
    clearTimeout(own.timer)
  }
  const fail = (error: unknown) => {
    close()
    instance.app.log.warn("Files cannot be watched; the language server may not know what others change", {
      server: client.server.id,
      root,
      error,
    })
  }
  const open = (directory: string, recursive: boolean) => {
    const watcher = watch(directory, { recursive, persistent: false }, (type, name) => {
      // Of a directory that goes itself, Bun gives no name; the one above tells it.
      if (!name) return
      const file = join(directory, name)
      gather(client, file, type)
      if (directory === root && type === "rename") enter(name)
    })
    // The directory itself may go; that is told by the one above.
    watcher.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "EPERM") watcher.close()
      else fail(error)
    })
    own.watchers.set(directory, watcher)
  }
  const enter = (name: string) => {
    const directory = join(root, name)
    own.watchers.get(directory)?.close()
    own.watchers.delete(directory)
    if (SKIPPED.has(name) || !lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()) return
    try {
      open(directory, true)
    } catch (error) {
      fail(error)
    }
  }
  const openAll = async () => {
    open(root, false)
    for (const name of await readdir(root)) if (own.watchers.size > 0) enter(name)
  }
  openAll().catch(fail)
  connection.ended.then(close)
}

function gather(client: Client, file: string, type: "rename" | "change"): void {
  const { gathered } = client.watch
  if (gathered.size >= MAX_CHANGES) return
  gathered.set(file, type === "rename" ? "add" : (gathered.get(file) ?? "change"))
  client.watch.timer ??= setTimeout(() => {
    delete client.watch.timer
    const changes = [...gathered].map(
      ([path, event]): FileChange => ({ file: path, event: existsSync(path) ? event : "unlink" }),
    )
    gathered.clear()
    // Fails only when the server has ended, which is told elsewhere.
    tellChanges(client, changes).catch(() => {})
  }, GATHER)
}

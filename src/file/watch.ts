import { type FSWatcher, watch } from "node:fs"
import { readdir } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { Instance } from "../instance/instance"
import { createIgnoreCheck } from "./ignored"

export interface WatchListener {
  /** An absolute path that has appeared or gone, or an ignore file that has changed. */
  onChange(path: string): void
  /** So much has changed that single paths do not tell. */
  onReset(): void
}

export interface Watch {
  /** False once the system has refused to watch everything, and for a home directory or the root of a disk. */
  readonly works: boolean
  /** Takes up top directories that are new, lets go of those that are gone. */
  update(): Promise<void>
  close(): void
}

/**
 * Watches the instance's directory: each top directory that is not ignored with all that is below it, so that what is ignored
 * (dependencies, build output) costs nothing.
 */
export function createWatch(instance: Instance, { onChange, onReset }: WatchListener): Watch {
  const { app, directory } = instance
  const watchers = new Map<string, FSWatcher>()
  let works = directory !== dirname(directory) && directory !== app.paths.home

  const close = () => {
    for (const watcher of watchers.values()) watcher.close()
    watchers.clear()
  }
  const fail = (error: unknown) => {
    if (!works) return
    works = false
    close()
    app.log.warn("Files cannot be watched; they are listed again instead", { directory, error })
  }
  const open = (path: string, recursive: boolean) => {
    const watcher = watch(path, { recursive, persistent: false }, (type, name) => {
      // Of a directory that goes itself, Bun gives no name; the one above tells it.
      if (!name) return
      const changed = join(path, name)
      const top = type === "rename" && !recursive ? watchers.get(changed) : undefined
      if (top) {
        // It may be another directory of the same name by now.
        top.close()
        watchers.delete(changed)
        onReset()
      } else if (type === "rename" || /(^|[\\/])\.(git)?ignore$/.test(name)) onChange(changed)
    })
    // The directory itself may go; that is told by the one above.
    watcher.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "EPERM") watcher.close()
      else fail(error)
    })
    watchers.set(path, watcher)
  }

  return {
    get works() {
      return works
    },
    async update() {
      if (!works || instance.signal.aborted) return
      try {
        if (!watchers.has(directory)) open(directory, false)
        const wanted = await topDirectories(instance)
        for (const [path, watcher] of watchers) {
          if (path === directory || wanted.has(path)) continue
          watcher.close()
          watchers.delete(path)
        }
        for (const path of wanted) if (works && !watchers.has(path) && !instance.signal.aborted) open(path, true)
      } catch (error) {
        fail(error)
      }
    },
    close,
  }
}

async function topDirectories(instance: Instance): Promise<Set<string>> {
  const isIgnored = await createIgnoreCheck(instance)
  const entries = await readdir(instance.directory, { withFileTypes: true })
  const found = new Set<string>()
  for (const entry of entries) {
    const path = join(instance.directory, entry.name)
    if (entry.isDirectory() && entry.name !== ".git" && !(await isIgnored(path, true))) found.add(path)
  }
  return found
}

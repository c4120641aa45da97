import { createLock } from "../base/lock"
import type { App } from "../instance/app"
import { appState } from "../instance/state"

interface Held {
  run: ReturnType<typeof createLock>
  users: number
}

const locks = appState(() => new Map<string, Held>())

/**
 * Runs a task while no other one of this process works on the same files. Takes the locks in one order, so that two tasks
 * with the same files never wait for each other. `files` are real paths.
 */
export function withFileLocks<T>(app: App, files: string[], task: () => Promise<T>): Promise<T> {
  const [first, ...rest] = [...new Set(files)].sort()
  if (first === undefined) return task()
  return withFileLock(app, first, () => withFileLocks(app, rest, task))
}

async function withFileLock<T>(app: App, file: string, task: () => Promise<T>): Promise<T> {
  const held = locks(app)
  const lock = held.get(file) ?? { run: createLock(), users: 0 }
  held.set(file, lock)
  lock.users++
  try {
    return await lock.run(task)
  } finally {
    lock.users--
    if (lock.users === 0) held.delete(file)
  }
}

import { lstat, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import { fieldsOf, type GitResult, textOf } from "../process/git"
import { complain, findShadow, must, type Shadow } from "./shadow"

/**
 * Untracked files above this many bytes are left out: they are mostly data, dumps and builds that nobody thought of
 * ignoring, and a step must not wait for the hashing of gigabytes.
 */
const MAX_UNTRACKED = 2 * 1024 * 1024

const LOCK_TRIES = 20
const LOCK_WAIT = 50
/** A lock that old was left by a server that was killed. */
const LOCK_STALE = 60_000

interface Taken {
  tree: string
  /** When it was begun, in epoch milliseconds. */
  at: number
  /** What the index looked like: other instances and servers may change it. */
  index: string
}

const lastTaken = instanceState(() => ({ taken: undefined as Taken | undefined }))

export interface TrackOptions {
  /**
   * A tree that was taken at most so many milliseconds ago will do. Infinity: when no tool ran that could change files.
   * Default 0: look at the disk.
   */
  maxAge?: number
}

/**
 * Records the state of the worktree and answers the hash of its git tree: tracked files and untracked ones, not the
 * ignored ones. The same state gives the same hash. Undefined where there are no snapshots (see `findShadow`); a failure
 * is logged and gives undefined too, for a run must not end because of it.
 */
export async function trackSnapshot(instance: Instance, options: TrackOptions = {}): Promise<string | undefined> {
  const { maxAge = 0 } = options
  const isFresh = ({ at }: Taken) => maxAge > 0 && instance.app.now() - at <= maxAge
  // All of it, as callers let a snapshot be taken beside other work and look at it later.
  try {
    const shadow = await findShadow(instance)
    if (!shadow) return undefined
    const state = lastTaken(instance)
    if (state.taken && isFresh(state.taken)) return state.taken.tree
    return await shadow.exclusive(async () => {
      if (state.taken && isFresh(state.taken)) return state.taken.tree
      state.taken = await take(shadow, instance, state.taken)
      return state.taken.tree
    })
  } catch (error) {
    complain(instance, error)
    return undefined
  }
}

/**
 * One git process when nothing changed, three when something did. Not `git add`, which asks nested repositories for their
 * status and so obeys their configuration.
 */
async function take(shadow: Shadow, instance: Instance, before: Taken | undefined): Promise<Taken> {
  const at = instance.app.now()
  await updateIndex(shadow, instance, await listChanged(shadow, instance.worktree))
  const index = await indexState(shadow)
  if (before && before.index === index) return { ...before, at }
  const tree = await writeTree(shadow, instance)
  return { tree, at, index: await indexState(shadow) }
}

/** Relative paths that differ from the hidden index: new, changed and deleted ones. */
async function listChanged(shadow: Shadow, worktree: string): Promise<string[]> {
  const result = await must(
    shadow.git(["ls-files", "-t", "-z", "--others", "--modified", "--deleted", "--exclude-standard"], {
      maxOutput: 256 * 1024 * 1024,
    }),
  )
  const paths = new Set<string>()
  for (const field of fieldsOf(result)) {
    const path = field.slice(2)
    // A directory is listed when it is a repository of its own: its contents are not ours.
    if (path.endsWith("/")) continue
    if (field.startsWith("? ") && !(await isSmall(join(worktree, path)))) continue
    paths.add(path)
  }
  return [...paths]
}

async function isSmall(file: string) {
  const found = await lstat(file).catch(() => undefined)
  return found !== undefined && found.size <= MAX_UNTRACKED
}

/** Takes the paths over as they are on disk. One that git refuses (unreadable, a socket) must not keep out the others. */
async function updateIndex(shadow: Shadow, instance: Instance, paths: string[]): Promise<void> {
  if (paths.length === 0) return
  const result = await withLock(shadow, () =>
    shadow.git(["update-index", "-z", "--add", "--remove", "--replace", "--stdin"], { stdin: `${paths.join("\0")}\0` }),
  )
  if (result.ok) return
  const [path] = paths
  if (paths.length === 1) {
    instance.app.log.warn("A file is not part of the snapshot", { path, reason: result.stderr.slice(0, 500) })
    return
  }
  const middle = paths.length >> 1
  await updateIndex(shadow, instance, paths.slice(0, middle))
  await updateIndex(shadow, instance, paths.slice(middle))
}

async function writeTree(shadow: Shadow, instance: Instance): Promise<string> {
  const written = await withLock(shadow, () => shadow.git(["write-tree"]))
  if (written.ok) return textOf(written).trim()
  // Objects that the user's repository had lent are gone (`git gc`, another clone in the same place): read all files again.
  instance.app.log.warn("The snapshot index is rebuilt", { worktree: instance.worktree, reason: written.stderr })
  await rm(join(shadow.directory, "index"), { force: true })
  await updateIndex(shadow, instance, await listChanged(shadow, instance.worktree))
  return textOf(await must(shadow.git(["write-tree"]))).trim()
}

/** Tries again while another server of the same data directory holds the index. */
export async function withLock(shadow: Shadow, call: () => Promise<GitResult>): Promise<GitResult> {
  const lock = join(shadow.directory, "index.lock")
  for (let attempt = 1; ; attempt++) {
    const result = await call()
    if (result.ok || attempt === LOCK_TRIES || !result.stderr.includes("index.lock")) return result
    const held = await stat(lock).catch(() => undefined)
    if (held && Date.now() - held.mtimeMs > LOCK_STALE) await rm(lock, { force: true })
    else await delay(LOCK_WAIT)
  }
}

async function indexState(shadow: Shadow) {
  const found = await stat(join(shadow.directory, "index"), { bigint: true }).catch(() => undefined)
  return found ? `${found.ino}:${found.mtimeNs}:${found.size}` : "none"
}

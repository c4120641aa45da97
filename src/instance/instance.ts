import { resolve } from "node:path"
import { realPath } from "../base/path"
import { type Bus, createBus } from "../bus/bus"
import { openProject } from "../project/project"
import type { Project } from "../schema/project"
import type { App } from "./app"
import { disposedError } from "./disposed"
import { type Published, publish, publishGlobal } from "./event"

/** Everything scoped to one directory while it is open. First parameter of every room function. */
export interface Instance {
  readonly app: App
  /** The real path of the directory that clients named: one instance however it was spelled. */
  readonly directory: string
  /** Root of the git checkout that holds the directory; `/` outside of git. */
  readonly worktree: string
  readonly project: Project
  readonly bus: Bus<Published>
  /** Aborted when the instance is disposed. */
  readonly signal: AbortSignal
  /** What the rooms registered to be ended with the instance (see `state.ts`); run last first. */
  readonly disposers: (() => Promise<unknown>)[]
  readonly abort: AbortController
}

/**
 * Milliseconds for which a path that was no link counts as none: to ask the system for each of many requests would cost as
 * much as the rest of a small one.
 */
const REAL_AGE = 1000
const realUntil = new WeakMap<Instance, number>()

/**
 * The instance of a directory, opened on first use. Relative paths are taken from the app's directory; one that does not
 * exist is accepted (it belongs to no project).
 */
export async function openInstance(app: App, directory: string): Promise<Instance> {
  const path = resolve(app.directory, directory)
  const seen = await app.instances.get(path)
  if (seen && !seen.signal.aborted && performance.now() < (realUntil.get(seen) ?? 0)) return seen
  const real = await realPath(path)
  for (let known = app.instances.get(real); known; known = app.instances.get(real)) {
    const instance = await known
    if (real === path) realUntil.set(instance, performance.now() + REAL_AGE)
    if (!instance.signal.aborted) return instance
    // It is being disposed.
    if (app.instances.get(real) === known) app.instances.delete(real)
  }
  const opening = makeInstance(app, real)
  app.instances.set(real, opening)
  opening.catch(() => app.instances.delete(real))
  return opening
}

/** The directory of the instance that a directory of a request means, open or not. */
export const instanceDirectory = (app: App, directory: string): Promise<string> =>
  realPath(resolve(app.directory, directory))

/** Ends an instance and all that its rooms hold. Publishes `server.instance.disposed`; the next request opens it anew. */
export async function disposeInstance(instance: Instance): Promise<void> {
  if (await endInstance(instance)) publish(instance, "server.instance.disposed", { directory: instance.directory })
}

/**
 * Ends all instances and tells nobody, for the end of the server: a client that hears of a disposal takes its event stream
 * for finished, one whose stream breaks comes back to the next server.
 */
export async function endAll(app: App): Promise<void> {
  const open = await Promise.allSettled(app.instances.values())
  await Promise.all(open.map((each) => each.status === "fulfilled" && endInstance(each.value)))
}

/** Answers whether it was still open. */
async function endInstance(instance: Instance): Promise<boolean> {
  const { app, directory } = instance
  if (instance.signal.aborted) return false
  instance.abort.abort(disposedError(directory))
  const open = app.instances.get(directory)
  // Another one may be opening already, and fail.
  if (open && (await open.catch(() => undefined)) === instance) app.instances.delete(directory)
  for (const dispose of instance.disposers.reverse()) {
    try {
      await dispose()
    } catch (error) {
      app.log.error("A part of the instance did not end cleanly", { directory, error })
    }
  }
  return true
}

/** Disposes all instances of the app, then publishes `global.disposed`. */
export async function disposeAll(app: App): Promise<void> {
  const open = await Promise.allSettled(app.instances.values())
  await Promise.all(open.map((each) => each.status === "fulfilled" && disposeInstance(each.value)))
  publishGlobal(app, "global.disposed", {}, { directory: "global" })
}

async function makeInstance(app: App, directory: string): Promise<Instance> {
  const { project, worktree, changed } = await openProject(app, directory)
  if (changed) publishGlobal(app, "project.updated", project, { directory: "global", project: project.id })
  const abort = new AbortController()
  return {
    app,
    directory,
    worktree,
    project,
    bus: createBus((error) => app.log.error("A listener of the instance failed", { directory, error })),
    signal: abort.signal,
    disposers: [],
    abort,
  }
}

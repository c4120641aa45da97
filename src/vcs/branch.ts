import { type FSWatcher, watch } from "node:fs"
import { readFile, stat } from "node:fs/promises"
import { join, resolve } from "node:path"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import { textOf } from "../process/git"
import { git, inGit } from "./repository"

/** The branch that is checked out; undefined when HEAD is detached or gone. Reads one small file. */
export async function findBranch(instance: Instance): Promise<string | undefined> {
  const head = await readHead(instance)
  const branch = /^ref: refs\/heads\/(.+)$/m.exec(head)?.[1]
  if (branch !== ".invalid") return branch
  // That name stands for refs which are kept in another format.
  const asked = await git(instance, ["symbolic-ref", "--quiet", "--short", "HEAD"])
  return textOf(asked).trim() || undefined
}

/** Publishes `vcs.branch.updated` from now on whenever another branch is checked out. Cheap; calling it again is nothing. */
export function watchBranch(instance: Instance): void {
  if (inGit(instance)) watchers(instance)
}

const watchers = instanceState(
  (instance) => {
    const state: { watcher?: FSWatcher; ended: boolean } = { ended: false }
    start(instance, state).catch((error: unknown) => {
      instance.app.log.warn("The branch cannot be watched", { worktree: instance.worktree, error })
    })
    return state
  },
  (state) => {
    state.ended = true
    state.watcher?.close()
  },
)

async function start(instance: Instance, state: { watcher?: FSWatcher; ended: boolean }) {
  const directory = await gitDirectory(instance)
  if (state.ended) return
  let known = findBranch(instance)
  // The directory, for git replaces HEAD by a new file.
  const watcher = watch(directory, { persistent: false }, (_, file) => {
    if (file && file !== "HEAD") return
    known = known.then(async (before) => {
      const branch = await findBranch(instance)
      if (branch !== before && !state.ended) publish(instance, "vcs.branch.updated", branch ? { branch } : {})
      return branch
    })
  })
  watcher.on("error", (error) => {
    instance.app.log.warn("The branch is no longer watched", { worktree: instance.worktree, error })
    watcher.close()
  })
  state.watcher = watcher
}

/** Empty when there is none: somebody may have removed the repository. */
const readHead = (instance: Instance) =>
  gitDirectory(instance)
    .then((directory) => readFile(join(directory, "HEAD"), "utf8"))
    .catch(() => "")

/** `.git`, or what it points to in a linked worktree or submodule. */
async function gitDirectory({ worktree }: Instance): Promise<string> {
  const path = join(worktree, ".git")
  if ((await stat(path)).isDirectory()) return path
  const target = /^gitdir: (.+)$/m.exec(await readFile(path, "utf8"))?.[1]
  return target ? resolve(worktree, target) : path
}

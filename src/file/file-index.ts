import { lstat } from "node:fs/promises"
import { basename, join, relative, sep } from "node:path"
import { createLock } from "../base/lock"
import { contains } from "../base/path"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import { createIgnoreCheck } from "./ignored"
import type { PathList } from "./path-list"
import { createPathTree, type PathTree } from "./path-tree"
import { isSearchable, listFiles } from "./search"
import { createWatch, type Watch } from "./watch"

/** More are not searched: somebody has opened the root of a disk. */
const MAX_FILES = 300_000
/** Milliseconds after which a list is taken as it is. */
const MAX_LISTING = 10_000
/** So many single changes are applied one by one; more and the files are listed anew. */
const MAX_PENDING = 500
/** Milliseconds: a list that takes longer is renewed in the background, and the old one answers meanwhile. */
const SLOW = 200
/** Milliseconds that a list without a working watch counts as fresh; ten times what it took if that is more. */
const UNWATCHED_AGE = 2000

interface FileIndex {
  instance: Instance
  tree: PathTree | undefined
  watch: Watch | undefined
  /** Relative paths that have appeared or gone since the tree was made. */
  pending: Set<string>
  stale: boolean
  /** When the list was made and how long that took, in milliseconds of `performance.now()`. */
  listedAt: number
  duration: number
  lock: ReturnType<typeof createLock>
  unsubscribe: () => void
}

const indexOf = instanceState<FileIndex>(openIndex, (index) => {
  index.unsubscribe()
  index.watch?.close()
})

/**
 * The paths below the instance's directory that are not ignored, of one type or of both. Listed by ripgrep on first use, then
 * kept up to date by watching the directories.
 */
export async function indexedPaths(instance: Instance, type?: "file" | "directory"): Promise<PathList> {
  const index = indexOf(instance)
  const { tree } = index
  const isSlow = index.duration > SLOW && tree !== undefined
  if (isSlow && needsListing(index)) {
    void index
      .lock(() => refresh(index))
      .catch((error) => instance.app.log.warn("The files could not be listed", { error }))
    return tree.list(type)
  }
  return (await index.lock(() => refresh(index))).list(type)
}

function openIndex(instance: Instance): FileIndex {
  const index: FileIndex = {
    instance,
    tree: undefined,
    watch: undefined,
    pending: new Set(),
    stale: true,
    listedAt: 0,
    duration: 0,
    lock: createLock(),
    // What our own tools write is known before the system tells.
    unsubscribe: instance.bus.subscribe(({ event }) => {
      if (event.type === "file.watcher.updated" && event.properties.event !== "change")
        noteChange(index, event.properties.file)
    }),
  }
  return index
}

function noteChange(index: FileIndex, file: string): void {
  const { directory } = index.instance
  if (!contains(directory, file) || file === directory) return
  const path = relative(directory, file).split(sep).join("/")
  if (path === ".git" || path.startsWith(".git/")) return
  if (/^\.(git)?ignore$/.test(basename(path)) || index.pending.size >= MAX_PENDING) index.stale = true
  else index.pending.add(path)
}

const needsListing = ({ stale, watch, listedAt, duration }: FileIndex) =>
  stale || (watch?.works !== true && performance.now() - listedAt > Math.max(UNWATCHED_AGE, duration * 10))

async function refresh(index: FileIndex): Promise<PathTree> {
  if (!index.tree || needsListing(index)) return relist(index)
  const { tree, pending } = index
  if (pending.size === 0) return tree
  const paths = [...pending]
  pending.clear()
  const { instance } = index
  const isIgnored = await createIgnoreCheck(instance)
  for (const path of paths) {
    const absolute = join(instance.directory, path)
    const found = await lstat(absolute).catch(() => undefined)
    if (!found) tree.remove(path)
    // A directory may have got files before it was watched.
    else if (found.isDirectory()) index.stale ||= !tree.hasDirectory(path) && !(await isIgnored(absolute, true))
    else if (found.isFile() && !(await isIgnored(absolute, false))) tree.add(path)
  }
  return index.stale ? relist(index) : tree
}

async function relist(index: FileIndex): Promise<PathTree> {
  const { app, directory, signal } = index.instance
  const start = performance.now()
  index.stale = false
  index.pending.clear()
  // Watching begins before listing, so that nothing that changes in between is lost.
  index.watch ??= createWatch(index.instance, {
    onChange: (file) => noteChange(index, file),
    onReset: () => {
      index.stale = true
    },
  })
  await index.watch.update()
  const files = (await isSearchable(index.instance))
    ? (await listFiles(app, { cwd: directory, limit: MAX_FILES, timeout: MAX_LISTING, signal })).files
    : []
  const tree = createPathTree(files)
  index.tree = tree
  index.listedAt = performance.now()
  index.duration = index.listedAt - start
  return tree
}

import { lstat, stat } from "node:fs/promises"
import { unifiedDiff } from "../base/text-diff"
import { applyHunks } from "./patch-apply"
import type { FileChange } from "./patch-parse"
import type { Target } from "./target"
import { readTextFile, type TextFile } from "./text-file"

/** What a patch does with one file, as clients see it. */
export interface PatchedFile {
  filePath: string
  /** Relative to the project's root; of a moved file its new place. */
  relativePath: string
  type: "add" | "update" | "delete" | "move"
  patch: string
  additions: number
  deletions: number
  movePath?: string
}

export interface FileState {
  target: Target
  /** Where it is written or removed: the real place, but of a link that goes its own. */
  place: string
  /** Undefined: there is no such file. `unread`: it is no text, or a link that leads to none; it can be removed only. */
  before: (TextFile & { unread?: true }) | undefined
  after: TextFile | undefined
  /** Of a file that is moved here. */
  mode?: number
}

export interface PatchPlan {
  /** By place. */
  states: Map<string, FileState>
  /** In the order of the patch. */
  files: PatchedFile[]
}

/** Works out what every file will hold, and writes nothing. Throws when some part of the patch does not fit. */
export async function planPatch(changes: FileChange[], targets: Map<string, Target>): Promise<PatchPlan> {
  const states = new Map<string, FileState>()
  const files: PatchedFile[] = []

  const stateOf = async (path: string, use: "add" | "update" | "move" | "delete"): Promise<FileState> => {
    const target = targets.get(path)
    if (!target) throw new Error(`No place is known for ${path}`)
    const place = use === "move" || use === "delete" ? target.place : target.real
    const known = states.get(place)
    if (known) return known
    const before = await (use === "delete" ? readToRemove(target) : readTextFile(target.real, target.path))
    const state = { target, place, before, after: before }
    states.set(place, state)
    return state
  }

  for (const change of changes) {
    const state = await stateOf(change.path, change.type === "update" && change.moveTo ? "move" : change.type)
    const { path } = state.target
    const old = state.after
    if (change.type === "add") {
      if (old) throw new Error(`File to add exists already: ${path}`)
      state.after = { text: change.text, bom: false }
    } else if (!old) {
      throw new Error(`Failed to read file to ${change.type}: ${path}`)
    } else if (change.type === "delete") {
      state.after = undefined
    } else {
      const updated = { ...old, text: applyHunks(old.text, change.hunks, path) }
      const destination = change.moveTo === undefined ? state : await stateOf(change.moveTo, "add")
      if (destination !== state && destination.after)
        throw new Error(`File to move to exists: ${destination.target.path}`)
      state.after = undefined
      destination.after = updated
      if (destination !== state) destination.mode = (await stat(state.target.real)).mode
      files.push(
        await patchedFile(state.target, old.text, updated.text, destination === state ? undefined : destination.target),
      )
      continue
    }
    files.push({ ...(await patchedFile(state.target, old?.text ?? "", state.after?.text ?? "")), type: change.type })
  }
  return { states, files }
}

/** Whatever it is, but a directory. */
async function readToRemove(target: Target): Promise<FileState["before"]> {
  const found = await lstat(target.place).catch(() => undefined)
  if (!found || found.isDirectory()) return readTextFile(target.real, target.path)
  const text = await readTextFile(target.real, target.path).catch(() => undefined)
  return text ?? { text: "", bom: false, unread: true }
}

async function patchedFile(target: Target, before: string, after: string, moved?: Target): Promise<PatchedFile> {
  const { patch, additions, deletions } = await unifiedDiff(target.path, before, after)
  return {
    filePath: target.path,
    relativePath: (moved ?? target).title,
    type: moved ? "move" : "update",
    patch,
    additions,
    deletions,
    ...(moved && { movePath: moved.path }),
  }
}

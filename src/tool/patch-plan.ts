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
  /** Undefined: there is no such file. */
  before: TextFile | undefined
  after: TextFile | undefined
}

export interface PatchPlan {
  /** By real path. */
  states: Map<string, FileState>
  /** In the order of the patch. */
  files: PatchedFile[]
}

/** Works out what every file will hold, and writes nothing. Throws when some part of the patch does not fit. */
export async function planPatch(changes: FileChange[], targets: Map<string, Target>): Promise<PatchPlan> {
  const states = new Map<string, FileState>()
  const files: PatchedFile[] = []

  const stateOf = async (path: string): Promise<FileState> => {
    const target = targets.get(path)
    if (!target) throw new Error(`No place is known for ${path}`)
    const known = states.get(target.real)
    if (known) return known
    const before = await readTextFile(target.real, target.path)
    const state = { target, before, after: before }
    states.set(target.real, state)
    return state
  }

  for (const change of changes) {
    const state = await stateOf(change.path)
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
      const destination = change.moveTo === undefined ? state : await stateOf(change.moveTo)
      if (destination !== state && destination.after)
        throw new Error(`File to move to exists: ${destination.target.path}`)
      state.after = undefined
      destination.after = updated
      files.push(
        await patchedFile(state.target, old.text, updated.text, destination === state ? undefined : destination.target),
      )
      continue
    }
    files.push({ ...(await patchedFile(state.target, old?.text ?? "", state.after?.text ?? "")), type: change.type })
  }
  return { states, files }
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

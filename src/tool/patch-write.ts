import { rename, rm } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { errorMessage } from "../base/error"
import { newID } from "../base/id"
import type { FileState, PatchPlan } from "./patch-plan"
import { expectUnchanged, writeTextFile } from "./text-file"

/**
 * Writes a whole plan; when one file fails, the others get back what they had, and the error says which did not. Throws
 * before anything is written when somebody else has changed a file meanwhile.
 */
export async function writePlan({ states }: PatchPlan): Promise<void> {
  const changed = [...states.values()].filter(({ before, after }) => before !== after)
  for (const { target, before } of changed)
    if (!before?.unread) await expectUnchanged(target.real, target.path, before?.text)
  const undo: { path: string; run(): Promise<void> }[] = []
  const aside: string[] = []
  try {
    for (const state of changed) {
      const run = await (state.after ? write(state, state.after) : setAside(state, aside))
      undo.push({ path: state.target.path, run })
    }
  } catch (error) {
    const lost: string[] = []
    for (const { path, run } of undo.reverse())
      await run().catch((failure) => lost.push(`${path} could not be given back what it had: ${errorMessage(failure)}`))
    throw lost.length === 0 ? error : new Error([errorMessage(error), ...lost].join("\n"), { cause: error })
  }
  await Promise.all(aside.map((path) => rm(path)))
}

/** Both answer how to take it back. */
async function write({ place, before, mode }: FileState, after: NonNullable<FileState["after"]>) {
  await writeTextFile(place, after, mode)
  return () => (before ? writeTextFile(place, before) : rm(place, { force: true }))
}

/** Whatever is removed, link or binary file, can be put back as it was until all the rest is written. */
async function setAside({ place }: FileState, aside: string[]) {
  const path = join(dirname(place), `.${basename(place).slice(0, 100)}.${newID("tool")}`)
  await rename(place, path)
  aside.push(path)
  return () => rename(path, place)
}

import { Type } from "@sinclair/typebox"
import { errorMessage } from "../base/error"
import { unifiedDiff } from "../base/text-diff"
import type { FileChange as FileEvent } from "../lsp/watch"
import { afterEdits } from "./after-edit"
import description from "./apply-patch.txt" with { type: "text" }
import { withFileLocks } from "./file-lock"
import { type FileChange, parsePatch } from "./patch-parse"
import { type PatchedFile, type PatchPlan, planPatch } from "./patch-plan"
import { writePlan } from "./patch-write"
import { openTarget, type Target } from "./target"
import { readTextFile } from "./text-file"
import { defineTool, type ToolContext } from "./tool"

/** Adds, changes, moves and deletes files by one patch: all of it is worked out before anything is written. */
export const applyPatchTool = defineTool({
  id: "apply_patch",
  description,
  parameters: Type.Object({ patchText: Type.String({ description: "The whole patch, with its Begin and End lines" }) }),
  async execute({ patchText }, context) {
    const changes = parsed(patchText)
    if (changes.length === 0) throw new Error("patch rejected: empty patch")
    const targets = new Map<string, Target>()
    for (const change of changes) {
      const paths = [change.path, ...(change.type === "update" && change.moveTo ? [change.moveTo] : [])]
      for (const path of paths) if (!targets.has(path)) targets.set(path, await openTarget(context, path, "file"))
    }
    const places = [...targets.values()].flatMap(({ real, place }) => [real, place])
    return withFileLocks(context.instance.app, places, async () => {
      const plan = await planPatch(changes, targets).catch((error) => {
        throw verificationError(errorMessage(error))
      })
      return runPlan(plan, [...targets.values()], context)
    })
  },
})

function parsed(patchText: string): FileChange[] {
  try {
    return parsePatch(patchText)
  } catch (error) {
    throw verificationError(`Error: ${errorMessage(error)}`)
  }
}

const verificationError = (reason: string) => new Error(`apply_patch verification failed: ${reason}`)

async function runPlan(plan: PatchPlan, targets: Target[], context: ToolContext) {
  const { files } = plan
  await context.ask({
    permission: "edit",
    patterns: [...new Set(targets.flatMap(({ patterns }) => patterns))],
    always: ["*"],
    metadata: { filepath: files.map(({ relativePath }) => relativePath).join(", "), diff: joined(files), files },
  })
  await writePlan(plan)
  const { diagnostics, formatted, note } = await afterEdits(context.instance, changesOf(plan), context.signal)
  const done = formatted.size > 0 ? await formattedFiles(plan, formatted) : files
  const summary = files.map(({ type, relativePath }) => `${LETTER[type]} ${relativePath}`)
  const title = `Success. Updated the following files:\n${summary.join("\n")}`
  return { title, output: `${title}${note}`, metadata: { diff: joined(done), files: done, diagnostics } }
}

const LETTER: Record<PatchedFile["type"], string> = { add: "A", update: "M", move: "M", delete: "D" }

function changesOf({ states }: PatchPlan): FileEvent[] {
  return [...states.values()].flatMap(({ target, before, after }) =>
    before === after ? [] : [{ file: target.path, event: !after ? "unlink" : before ? "change" : "add" }],
  )
}

/** The changes as they are after formatters. Of a file that the patch changes twice they stay as planned. */
function formattedFiles({ files, states }: PatchPlan, formatted: Map<string, string[]>): Promise<PatchedFile[]> {
  const place = (file: PatchedFile) => file.movePath ?? file.filePath
  return Promise.all(
    files.map(async (file) => {
      const own = files.filter((each) => each.filePath === file.filePath || place(each) === place(file))
      if (own.length > 1 || !formatted.has(place(file))) return file
      const all = [...states.values()]
      const from = all.find(({ target }) => target.path === file.filePath)
      const to = all.find(({ target }) => target.path === place(file))
      const now = to && (await readTextFile(to.target.real, to.target.path))
      return { ...file, ...(await unifiedDiff(file.filePath, from?.before?.text ?? "", now?.text ?? "")) }
    }),
  )
}

const joined = (files: PatchedFile[]) => files.map(({ patch }) => `${patch}\n`).join("")

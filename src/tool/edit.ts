import { Type } from "@sinclair/typebox"
import { unifiedDiff } from "../base/text-diff"
import { afterEdits } from "./after-edit"
import description from "./edit.txt" with { type: "text" }
import { withFileLocks } from "./file-lock"
import { openTarget } from "./target"
import { expectUnchanged, readTextFile, type TextFile, writeTextFile } from "./text-file"
import { replaceText } from "./text-replace"
import { defineTool } from "./tool"

/** Replaces text in a file, or makes a new file when there is nothing to replace. */
export const editTool = defineTool({
  id: "edit",
  description,
  parameters: Type.Object({
    filePath: Type.String({ description: "Absolute path of the file" }),
    oldString: Type.String({ description: "The text that is there now" }),
    newString: Type.String({ description: "The text to put in its place; different from oldString" }),
    replaceAll: Type.Optional(Type.Boolean({ description: "Replace every occurrence (default false)" })),
  }),
  async execute({ filePath, oldString, newString, replaceAll = false }, context) {
    if (oldString === newString) throw new Error("No changes to apply: oldString and newString are identical.")
    const { instance } = context
    const { path, real, title, patterns } = await openTarget(context, filePath, "file")
    return withFileLocks(instance.app, [real], async () => {
      const before = await readTextFile(real, path)
      const text = editedText(before, path, { oldString, newString, replaceAll })
      const planned = await unifiedDiff(path, before?.text ?? "", text)
      await context.ask({
        permission: "edit",
        patterns,
        always: ["*"],
        metadata: { filepath: path, diff: planned.patch },
      })
      await expectUnchanged(real, path, before?.text)
      await writeTextFile(real, { text, bom: before?.bom ?? false })
      const change = { file: path, event: before ? "change" : "add" } as const
      const { diagnostics, formatted, note } = await afterEdits(instance, [change], context.signal)
      const done = formatted.has(path)
        ? await unifiedDiff(path, before?.text ?? "", (await readTextFile(real, path))?.text ?? "")
        : planned
      const metadata = { diff: done.patch, filediff: { file: path, ...done }, diagnostics }
      context.progress({ metadata })
      return { title, output: `Edit applied successfully.${note}`, metadata }
    })
  },
})

interface Edit {
  oldString: string
  newString: string
  replaceAll: boolean
}

function editedText(before: TextFile | undefined, path: string, { oldString, newString, replaceAll }: Edit): string {
  if (oldString === "") {
    if (before && before.text !== "")
      throw new Error(`oldString is empty but the file has text. Use write to replace all of it: ${path}`)
    return newString
  }
  if (!before) throw new Error(`File ${path} not found`)
  return replaceText(before.text, oldString, newString, replaceAll)
}

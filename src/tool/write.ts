import { Type } from "@sinclair/typebox"
import { unifiedDiff } from "../base/text-diff"
import { afterEdits } from "./after-edit"
import { withFileLocks } from "./file-lock"
import { openTarget } from "./target"
import { expectUnchanged, readTextFile, writeTextFile } from "./text-file"
import { defineTool } from "./tool"
import description from "./write.txt" with { type: "text" }

/** Writes a whole file, new or not. What is there before is compared again after the permission was given. */
export const writeTool = defineTool({
  id: "write",
  description,
  parameters: Type.Object({
    content: Type.String({ description: "The whole text of the file" }),
    filePath: Type.String({ description: "Absolute path of the file" }),
  }),
  async execute({ content, filePath }, context) {
    const { instance } = context
    const { path, real, title, patterns } = await openTarget(context, filePath, "file")
    return withFileLocks(instance.app, [real], async () => {
      const before = await readTextFile(real, path)
      const { patch } = await unifiedDiff(path, before?.text ?? "", content)
      await context.ask({ permission: "edit", patterns, always: ["*"], metadata: { filepath: path, diff: patch } })
      await expectUnchanged(real, path, before?.text)
      // A byte order mark that the file has stays; one in the content is not doubled.
      const bom = before?.bom === true && !content.startsWith("\uFEFF")
      await writeTextFile(real, { text: content, bom })
      const change = { file: path, event: before ? "change" : "add" } as const
      const { diagnostics, note } = await afterEdits(instance, [change], context.signal)
      return {
        title,
        output: `Wrote file successfully.${note}`,
        metadata: { diagnostics, filepath: path, exists: before !== undefined },
      }
    })
  },
})

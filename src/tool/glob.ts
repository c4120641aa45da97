import { join } from "node:path"
import { Type } from "@sinclair/typebox"
import { isDirectory } from "../base/path"
import { listFiles } from "../file/search"
import description from "./glob.txt" with { type: "text" }
import { openTarget } from "./target"
import { defineTool } from "./tool"

const LIMIT = 100

/** Finds files by a glob pattern. */
export const globTool = defineTool({
  id: "glob",
  description,
  parameters: Type.Object({
    pattern: Type.String({ description: "Glob pattern that the paths must match" }),
    path: Type.Optional(
      Type.String({ description: "Directory to look in; leave it out for the working directory of the project" }),
    ),
  }),
  async execute({ pattern, path }, context) {
    const { instance, signal } = context
    const { path: directory, real, title } = await openTarget(context, path || ".", "directory")
    const metadata = { pattern, ...(path && { path }) }
    await context.ask({ permission: "glob", patterns: [pattern], always: ["*"], metadata })
    if (!(await isDirectory(real))) throw new Error("ripgrep execution failed")
    const { files, end } = await listFiles(instance.app, { cwd: real, glob: pattern, limit: LIMIT, signal })
    if (end.code === 2 && files.length === 0) throw new Error(end.stderr || "ripgrep execution failed")
    const truncated = end.stopped
    const lines = files.map((file) => join(directory, file))
    if (truncated) lines.push("", `(Only the first ${LIMIT} files are shown. Use a narrower pattern or path.)`)
    return {
      title,
      output: lines.join("\n") || "No files found",
      metadata: { count: files.length, truncated },
    }
  },
})

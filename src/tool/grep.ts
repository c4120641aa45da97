import { stat } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { Type } from "@sinclair/typebox"
import { searchText, type TextMatch } from "../file/search"
import description from "./grep.txt" with { type: "text" }
import { openTarget } from "./target"
import { defineTool } from "./tool"

const LIMIT = 100
const MAX_LINE = 2000

/** Searches file contents with a regular expression. */
export const grepTool = defineTool({
  id: "grep",
  description,
  parameters: Type.Object({
    pattern: Type.String({ description: "Regular expression to search for" }),
    path: Type.Optional(Type.String({ description: "Directory or file to search; default the working directory" })),
    include: Type.Optional(Type.String({ description: 'Glob of the files to search, such as "*.js" or "*.{ts,tsx}"' })),
  }),
  async execute({ pattern, path, include }, context) {
    const { instance, signal } = context
    const target = await openTarget(context, path || ".", "directory")
    const metadata = { pattern, ...(path && { path }), ...(include && { include }) }
    await context.ask({ permission: "grep", patterns: [pattern], always: ["*"], metadata })
    const found = await stat(target.real).catch(() => undefined)
    if (!found) throw new Error(`No such file or directory: ${target.path}`)
    const place = found.isDirectory()
      ? { cwd: target.real }
      : { cwd: dirname(target.real), path: `./${basename(target.real)}` }
    const { matches, truncated } = await searchText(instance.app, {
      ...place,
      pattern,
      ...(include && { include }),
      limit: LIMIT,
      signal,
    })
    return {
      title: pattern,
      output:
        matches.length === 0
          ? "No files found"
          : listMatches(matches, truncated, (file) =>
              join(found.isDirectory() ? target.path : dirname(target.path), file),
            ),
      metadata: { matches: matches.length, truncated },
    }
  },
})

/** The lines keep their line feeds, so there is an empty line behind each. */
function listMatches(matches: TextMatch[], truncated: boolean, absolute: (file: string) => string): string {
  const lines = [`Found ${matches.length} matches`]
  let current = ""
  for (const { path, lines: text, line_number } of matches) {
    if (path.text !== current) {
      if (current !== "") lines.push("")
      current = path.text
      lines.push(`${absolute(current)}:`)
    }
    lines.push(`  Line ${line_number}: ${shortened(text.text)}`)
  }
  if (truncated) lines.push("", `(Only the first ${LIMIT} matches are shown. Use a narrower pattern, path or include.)`)
  return lines.join("\n")
}

const shortened = (line: string) => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}...\n` : line)

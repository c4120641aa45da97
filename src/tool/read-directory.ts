import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import type { Target } from "./target"
import type { ToolResult } from "./tool"

/** The entries of a directory, sorted by name, directories with a slash at the end. */
export async function readDirectory(
  { path, real, title }: Target,
  { offset, limit }: { offset: number; limit: number },
): Promise<ToolResult> {
  const all = await entryNames(real)
  if (offset > Math.max(all.length, 1))
    throw new Error(`Offset ${offset} is out of range for this directory (${all.length} entries)`)
  const entries = all.slice(offset - 1, offset - 1 + limit)
  const next = offset + entries.length
  const truncated = next <= all.length
  const note = truncated
    ? `(Showing entries ${offset}-${next - 1} of ${all.length}. Use offset=${next} to continue.)`
    : `(${all.length} entries)`
  const text = entries.join("\n")
  return {
    title,
    output: `<path>${path}</path>\n<type>directory</type>\n<entries>\n${text}\n\n${note}\n</entries>`,
    metadata: {
      preview: entries.slice(0, 20).join("\n"),
      truncated,
      loaded: [],
      display: { type: "directory", path, entries, offset, totalEntries: all.length, truncated },
    },
  }
}

async function entryNames(directory: string): Promise<string[]> {
  const found = await readdir(directory, { withFileTypes: true })
  const names = found.map(async (entry) => {
    const isDirectory = entry.isSymbolicLink()
      ? await stat(join(directory, entry.name)).then(
          (target) => target.isDirectory(),
          () => false,
        )
      : entry.isDirectory()
    return isDirectory ? `${entry.name}/` : entry.name
  })
  return (await Promise.all(names)).sort()
}

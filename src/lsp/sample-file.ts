import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { knowsFile } from "./server-list"
import type { LanguageServer } from "./servers"

/** Directories that are looked into. */
const MAX_DIRECTORIES = 300
const SKIPPED = new Set(["node_modules", "target", "dist", "build", "out", "venv", "vendor", "_build"])

/** One file for each server that knows any, those nearest to the directory: what it can be started with. */
export async function findSampleFiles(directory: string, servers: readonly LanguageServer[]): Promise<string[]> {
  const samples = new Set<string>()
  let missing = [...servers]
  const queue = [directory]
  for (let count = 0; queue.length > 0 && missing.length > 0 && count < MAX_DIRECTORIES; count++) {
    const current = queue.shift()!
    const entries = await readdir(current, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const path = join(current, entry.name)
      if (entry.isDirectory() && !entry.name.startsWith(".") && !SKIPPED.has(entry.name)) queue.push(path)
      if (!entry.isFile() || !missing.some((server) => knowsFile(server, path))) continue
      missing = missing.filter((server) => !knowsFile(server, path))
      samples.add(path)
    }
  }
  return [...samples]
}

import { randomBytes } from "node:crypto"
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { realPath } from "./path"

/** The text of such a file; undefined when there is none. */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8")
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined
    throw error
  }
}

/** Writes a file that only its owner may read, at the end of links. Readers see the old text or the new one, never half of it. */
export async function writePrivateFile(named: string, text: string): Promise<void> {
  const path = await realPath(named)
  const draft = `${path}.${randomBytes(6).toString("hex")}`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    // The mode is set when the file is made: it must not be readable for others even for a moment.
    await writeFile(draft, text, { mode: 0o600, flag: "wx" })
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

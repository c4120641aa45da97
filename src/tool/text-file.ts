import { chmod, lstat, mkdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { newID } from "../base/id"

const BOM = "\uFEFF"

/** A text file as it is on disk. */
export interface TextFile {
  /** Without the byte order mark. */
  text: string
  bom: boolean
}

/**
 * Reads a text file; undefined when there is none. Refuses directories, devices and what is not UTF-8: it could not be
 * written back as it was.
 */
export async function readTextFile(real: string, shown = real): Promise<TextFile | undefined> {
  const found = await lstat(real).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined
    throw error
  })
  if (!found) return undefined
  if (found.isDirectory()) throw new Error(`A file is expected, but this is a directory: ${shown}`)
  if (!found.isFile()) throw new Error(`Path is not a regular file: ${shown}`)
  const bytes = await readFile(real)
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
    if (text.includes("\0")) throw new Error("NUL")
    return text.startsWith(BOM) ? { text: text.slice(1), bom: true } : { text, bom: false }
  } catch {
    throw new Error(`Cannot change the file because it is binary or not UTF-8: ${shown}`)
  }
}

/** Throws when somebody else has changed the file while the user was asked: what was shown is no longer what would happen. */
export async function expectUnchanged(real: string, path: string, text: string | undefined): Promise<void> {
  const now = await readTextFile(real, path)
  if (now?.text !== text) throw new Error(`The file was changed by somebody else meanwhile. Read it again: ${path}`)
}

/** A directory that takes no new files, or a file that is a mount of its own: in place is the only way left. */
const NOT_REPLACED = new Set(["EACCES", "EPERM", "EROFS", "EBUSY", "EXDEV"])

/**
 * Writes a text file whole or not at all, with missing directories above it. An existing file keeps its mode (`mode`: that of
 * a new one) and its other names. `real` must be the real path, so that a link stays a link.
 */
export async function writeTextFile(real: string, { text, bom }: TextFile, mode?: number): Promise<void> {
  const data = Buffer.from(`${bom ? BOM : ""}${text}`)
  await mkdir(dirname(real), { recursive: true })
  const before = await lstat(real).catch(() => undefined)
  if (before && !before.isFile()) throw new Error(`Path is not a regular file: ${real}`)
  // Replacing would cut the file off from its other names.
  if (before && before.nlink > 1) return overwrite(real, data)
  const temporary = join(dirname(real), `.${basename(real).slice(0, 100)}.${newID("tool")}`)
  try {
    await writeFile(temporary, data, { flag: "wx" })
    const kept = before?.mode ?? mode
    if (kept !== undefined) await chmod(temporary, kept & 0o7777)
    await rename(temporary, real)
  } catch (error) {
    await rm(temporary, { force: true })
    const code = error instanceof Error && "code" in error ? String(error.code) : ""
    if (!before || !NOT_REPLACED.has(code)) throw error
    await overwrite(real, data)
  }
}

/** Should the disk be full, the file gets back what it had: what it has of the disk already is not given up before. */
async function overwrite(real: string, data: Buffer): Promise<void> {
  const old = await readFile(real)
  const put = async (bytes: Buffer) => {
    await writeFile(real, bytes, { flag: "r+" })
    await truncate(real, bytes.length)
  }
  try {
    await put(data)
  } catch (error) {
    await put(old)
    throw error
  }
}

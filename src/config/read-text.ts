import { stat } from "node:fs/promises"
import { errorMessage } from "../base/error"
import { configUnusable } from "./error"

const LIMIT = 4 * 1024 * 1024

/**
 * The text of a file; undefined when there is none. Only regular files of at most 4 MiB: a checkout may hold a pipe or a
 * device under any name, and reading one would hang. Throws a `ConfigInvalidError` that names `path`.
 */
export async function readText(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) return undefined
    if (!found.isFile()) throw new Error("not a regular file")
    if (found.size > LIMIT) throw new Error(`larger than ${LIMIT} bytes`)
    return (await Bun.file(path).text()).replace(/^\uFEFF/, "")
  } catch (error) {
    if (isMissing(error)) return undefined
    throw configUnusable(path, `cannot be read: ${errorMessage(error)}`)
  }
}

const isMissing = (error: unknown) =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")

import { stat } from "node:fs/promises"
import { badRequest, notFound } from "../base/error"
import type { Instance } from "../instance/instance"
import { containedPath } from "./containment"

/** A file of the project, to be streamed. Throws a 404 when it does not exist, a 400 for what is no file or outside. */
export async function openFile(instance: Instance, path: string): Promise<Bun.BunFile> {
  if (path === "") throw badRequest("The path of a file is needed", "Params")
  const real = await containedPath(instance, path)
  const found = await stat(real).catch(() => undefined)
  if (!found) throw notFound(`File not found: ${path}`)
  if (!found.isFile()) throw badRequest(`Not a file: ${path}`, "Params")
  return Bun.file(real)
}

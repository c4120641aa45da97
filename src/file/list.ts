import { readdir, stat } from "node:fs/promises"
import { join, relative, sep } from "node:path"
import { badRequest, notFound } from "../base/error"
import { realPath } from "../base/path"
import type { Instance } from "../instance/instance"
import type { FileNode } from "../schema/file"
import { containedPath, isInside } from "./containment"
import { createIgnoreCheck, type IgnoreCheck } from "./ignored"

/**
 * The entries of a directory of the project, directories first, then by name. Throws a 404 when it does not exist, a 400
 * when it is no directory or outside of the project.
 */
export async function listDirectory(instance: Instance, path: string): Promise<FileNode[]> {
  const directory = await containedPath(instance, path)
  const found = await stat(directory).catch(() => undefined)
  if (!found) throw notFound(`Directory not found: ${path}`)
  if (!found.isDirectory()) throw badRequest(`Not a directory: ${path}`, "Query")
  const [entries, isIgnored] = await Promise.all([
    readdir(directory, { withFileTypes: true }),
    createIgnoreCheck(instance),
  ])
  const nodes = await Promise.all(
    entries.map(async (entry) => {
      const absolute = join(directory, entry.name)
      const isDirectory = entry.isSymbolicLink() ? await leadsToDirectory(instance, absolute) : entry.isDirectory()
      return toNode(instance, absolute, entry.name, isDirectory, isIgnored)
    }),
  )
  return nodes.sort(byTypeAndName)
}

async function toNode(
  instance: Instance,
  absolute: string,
  name: string,
  isDirectory: boolean,
  isIgnored: IgnoreCheck,
): Promise<FileNode> {
  const path = relative(instance.directory, absolute).split(sep).join("/")
  return {
    name,
    path: isDirectory ? `${path}/` : path,
    absolute,
    type: isDirectory ? "directory" : "file",
    ignored: await isIgnored(absolute, isDirectory),
  }
}

/** A link to the outside is shown as a file: nothing behind it can be opened. */
async function leadsToDirectory(instance: Instance, link: string): Promise<boolean> {
  const real = await realPath(link)
  if (!isInside(instance, real)) return false
  return stat(real).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

const byTypeAndName = (a: FileNode, b: FileNode) =>
  a.type === b.type ? a.name.localeCompare(b.name) : a.type === "directory" ? -1 : 1

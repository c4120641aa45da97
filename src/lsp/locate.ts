import { dirname, join } from "node:path"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { findUp, parentsUpTo } from "../base/find-up"
import { findProgram, projectTop } from "../config/programs"
import type { Instance } from "../instance/instance"
import type { LanguageServer, Launch } from "./servers"

const Manifest = Type.Object({ version: Type.String() })

/** The directory that a server is to look at for a file (a real path); undefined when it is not meant for the file. */
export async function findRoot(instance: Instance, server: LanguageServer, file: string): Promise<string | undefined> {
  const from = dirname(file)
  const top = projectTop(instance)
  if (server.unless && (await findUp(server.unless, from, top))) return undefined
  for (const names of server.roots ?? []) {
    const found = await findUp(names, from, top)
    if (found) return found.directory
  }
  return server.needsRoot ? undefined : instance.directory
}

/** Program and arguments of the first launch that is installed; undefined when none is. */
export async function findCommand(
  instance: Instance,
  server: LanguageServer,
  root: string,
): Promise<string[] | undefined> {
  for (const { command, package: needed } of server.launches) {
    const program = findProgram(instance, command[0] ?? "", root)
    if (program && (!needed || (await hasPackage(instance, needed, root)))) return [program, ...command.slice(1)]
  }
  return undefined
}

async function hasPackage(instance: Instance, { name, major }: NonNullable<Launch["package"]>, from: string) {
  for (const directory of parentsUpTo(from, projectTop(instance))) {
    const file = Bun.file(join(directory, "node_modules", name, "package.json"))
    if (!(await file.exists())) continue
    const manifest: unknown = await file.json().catch(() => undefined)
    return Value.Check(Manifest, manifest) && Number.parseInt(manifest.version, 10) >= major
  }
  return false
}

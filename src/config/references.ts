import { isAbsolute } from "node:path"
import type { Instance } from "../instance/instance"
import type { ReferenceInfo } from "../schema/api-reference"
import { getConfig } from "./config"

/**
 * The further directories that the configuration names for the model to look at. Repositories are left out: this server
 * does not fetch any, so there is no directory to show.
 */
export async function listReferences(instance: Instance): Promise<ReferenceInfo[]> {
  const { reference, references } = await getConfig(instance)
  return Object.entries({ ...reference, ...references }).flatMap(([name, entry]) => {
    const { path, description, hidden } = typeof entry === "string" ? { path: entry } : { path: undefined, ...entry }
    if (path === undefined || !isAbsolute(path)) return []
    const further = { ...(description !== undefined && { description }), ...(hidden !== undefined && { hidden }) }
    return [{ name, path, source: { type: "local", path, ...further }, ...further }]
  })
}

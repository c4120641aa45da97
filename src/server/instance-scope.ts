import { Type } from "@sinclair/typebox"
import { badRequest, notFound } from "../base/error"
import { getConfig } from "../config/config"
import type { App } from "../instance/app"
import { type Instance, openInstance } from "../instance/instance"
import { watchBranch } from "../vcs/branch"
import { findWorkspace } from "../vcs/workspace"

/** How a request names its directory. */
export const scopeQuery = { directory: Type.Optional(Type.String()), workspace: Type.Optional(Type.String()) }

/** The directory a request is about: of the workspace it names, else the one it names itself. */
export const namedDirectory = async (app: App, query: URLSearchParams, headers: Headers): Promise<string> =>
  (await workspaceDirectory(app, query, headers)) ?? requestedDirectory(app, query, headers)

/**
 * The directory a request names: query `directory`, query `location[directory]`, header `x-opencode-directory` (URI
 * encoded; taken as it is when it cannot be decoded), else the app's own. An empty value counts as none.
 */
function requestedDirectory(app: App, query: URLSearchParams, headers: Headers): string {
  const header = headers.get("x-opencode-directory")
  const directory =
    query.get("directory") || query.get("location[directory]") || (header && decoded(header)) || app.directory
  if (directory.includes("\0")) throw badRequest("A directory cannot hold a NUL character", "Query")
  return directory
}

/**
 * The directory of the workspace a request names, by query `workspace` or header `x-opencode-workspace`; undefined when it
 * names none. Throws 400 for an unknown one.
 */
async function workspaceDirectory(app: App, query: URLSearchParams, headers: Headers): Promise<string | undefined> {
  const id = query.get("workspace") || query.get("location[workspace]") || headers.get("x-opencode-workspace")
  if (!id) return undefined
  const workspace = await findWorkspace(app, id)
  if (!workspace) throw badRequest(`Workspace not found: ${id}`, "Query")
  return workspace.directory
}

/**
 * The instance of a directory, with a configuration that can be read: broken files are told to whoever asks first. From
 * its first request on the instance tells of other branches.
 */
export async function scopedInstance(app: App, directory: string): Promise<Instance> {
  const instance = await openInstance(app, directory)
  await getConfig(instance)
  watchBranch(instance)
  return instance
}

/** The directory of a session, which decides over every request about it. 404 for an unknown one. */
export async function sessionDirectory(app: App, sessionID: string): Promise<string> {
  const session = await app.store.findSession(sessionID)
  if (!session) throw notFound(`Session not found: ${sessionID}`)
  return session.directory
}

function decoded(text: string) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

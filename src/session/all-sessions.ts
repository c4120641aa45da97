import type { App } from "../instance/app"
import type { GlobalSession } from "../schema/session"

const DEFAULT_LIMIT = 100

export interface AllSessionsQuery {
  roots?: boolean
  /** Updated at or after this time, in epoch milliseconds. */
  start?: number
  /** Updated before this time: the last one of the page before. */
  cursor?: number
  search?: string
  /** Default 100. */
  limit?: number
  /** Whether archived ones are listed too. */
  archived?: boolean
}

/** A page of the sessions of all projects, the last updated first. */
export async function listAllSessions(app: App, query: AllSessionsQuery): Promise<GlobalSession[]> {
  const { roots, start, cursor, search, limit = DEFAULT_LIMIT, archived } = query
  const sessions = await app.store.listSessions({
    limit: Math.ceil(limit),
    ...(roots && { roots }),
    ...(start !== undefined && { start }),
    ...(cursor !== undefined && { after: { updated: cursor } }),
    ...(search && { search }),
    ...(!archived && { archived: false }),
  })
  const projects = new Map((await app.store.listProjects()).map((project) => [project.id, project]))
  return sessions.map((session) => {
    const project = projects.get(session.projectID)
    if (!project) return { ...session, project: null }
    const { id, name, worktree } = project
    return { ...session, project: { id, worktree, ...(name !== undefined && { name }) } }
  })
}

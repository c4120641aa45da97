import { badRequest } from "../base/error"
import type { App } from "../instance/app"
import { instanceDirectory } from "../instance/instance"
import type { GlobalSession, Session } from "../schema/session"
import type { Page } from "./cursor"
import { pageSessions } from "./session-page"

const DEFAULT_LIMIT = 100
const CURSOR = /^(\d{1,15}(?:\.\d+)?)(?:,(ses[\w-]+))?$/

export interface AllSessionsQuery {
  /** Only those of this directory, of whatever project. */
  directory?: string
  roots?: boolean
  /** Updated at or after this time, in epoch milliseconds. */
  start?: number
  /** Updated before this time; with `,ID` also those of this time which come after the session with that id. */
  cursor?: number | string
  search?: string
  /** Default 100. */
  limit?: number
  /** Whether archived ones are listed too. */
  archived?: boolean
}

/**
 * A page of the sessions of all projects, the last updated first, and the cursor of the next one. Clients take cursors for
 * numbers; one is only more than a number where a page ends between sessions of the same time. Throws 400 for a cursor
 * that is none.
 */
export async function pageAllSessions(app: App, query: AllSessionsQuery): Promise<Page<GlobalSession>> {
  const { directory, roots, start, cursor, search, limit = DEFAULT_LIMIT, archived } = query
  const { sessions, next } = await pageSessions(app.store, {
    limit,
    ...(directory && { directory: await instanceDirectory(app, directory) }),
    ...(roots && { roots }),
    ...(start !== undefined && { start }),
    ...(cursor !== undefined && cursor !== "" && { after: placeOf(`${cursor}`) }),
    ...(search && { search }),
    ...(!archived && { archived: false }),
  })
  const last = sessions.at(-1)
  return {
    entries: await withProjects(app, sessions),
    ...(last && next && { cursor: cursorBetween(last, next) }),
  }
}

function placeOf(cursor: string) {
  const [, updated, id] = CURSOR.exec(cursor) ?? []
  if (updated === undefined) throw badRequest(`"cursor" is not a cursor of this server: ${cursor}`, "Query")
  return { updated: Number(updated), ...(id !== undefined && { id }) }
}

const cursorBetween = ({ id, time }: Session, next: Session) =>
  time.updated === next.time.updated ? `${time.updated},${id}` : `${time.updated}`

async function withProjects(app: App, sessions: Session[]): Promise<GlobalSession[]> {
  const projects = new Map((await app.store.listProjects()).map((project) => [project.id, project]))
  return sessions.map((session) => {
    const project = projects.get(session.projectID)
    if (!project) return { ...session, project: null }
    const { id, name, worktree } = project
    return { ...session, project: { id, worktree, ...(name !== undefined && { name }) } }
  })
}

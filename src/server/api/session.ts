import { tagged } from "../../base/error"
import type { App } from "../../instance/app"
import { instanceDirectory } from "../../instance/instance"
import type { SessionActive, SessionV2Info } from "../../schema/api-session"
import type { Session } from "../../schema/session"
import { listStatus } from "../../session/status"
import { NO_TOKENS } from "../../session/tokens"
import { openInstances } from "../open-instances"
import { type Order, type Page, pageByAge } from "./page"

const DEFAULT_LIMIT = 50

export interface SessionsQuery {
  order?: Order
  /** Default 50. */
  limit?: number
  cursor?: string
  /** Part of the title, in any case. */
  search?: string
  directory?: string
  /** The id of the project. */
  project?: string
  /** Directory inside of the worktree. */
  subpath?: string
}

/** A page of the sessions of all projects, the newest first unless `order` says otherwise. Throws 400 for a bad cursor. */
export async function pageSessions(app: App, query: SessionsQuery): Promise<Page<SessionV2Info>> {
  const { limit = DEFAULT_LIMIT, order, cursor, search, directory, project, subpath } = query
  const filter = {
    ...(search && { search }),
    ...(directory && { directory: await instanceDirectory(app, directory) }),
    ...(project && { projectID: project }),
    ...(subpath && { path: subpath }),
  }
  return pageByAge({ order, limit, cursor }, async ({ limit, ...walk }) =>
    (await app.store.listSessions({ ...filter, walk, limit })).map(sessionInfo),
  )
}

/** The session as `/api` shows it. Throws 404 `SessionNotFoundError`. */
export async function getSessionInfo(app: App, id: string): Promise<SessionV2Info> {
  const session = await app.store.findSession(id)
  if (!session) throw tagged(404, "SessionNotFoundError", `Session not found: ${id}`, { sessionID: id })
  return sessionInfo(session)
}

/** The sessions that run now, in any directory. */
export async function activeSessions(app: App): Promise<Record<string, SessionActive>> {
  const ids = (await openInstances(app)).flatMap((instance) => Object.keys(listStatus(instance)))
  return Object.fromEntries(ids.map((id) => [id, { type: "running" }]))
}

function sessionInfo(session: Session): SessionV2Info {
  const { id, parentID, projectID, agent, model, title, directory, workspaceID, path, revert } = session
  const { created, updated, archived } = session.time
  return {
    id,
    projectID,
    title,
    cost: session.cost ?? 0,
    tokens: session.tokens ?? NO_TOKENS,
    time: { created, updated, ...(archived !== undefined && { archived }) },
    location: { directory, ...(workspaceID !== undefined && { workspaceID }) },
    ...(parentID !== undefined && { parentID }),
    ...(agent !== undefined && { agent }),
    ...(model && { model }),
    ...(path && { subpath: path }),
    ...(revert && { revert }),
  }
}

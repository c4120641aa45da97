import { relative } from "node:path"
import { notFound } from "../base/error"
import { newID } from "../base/id"
import { createKeyedLock } from "../base/lock"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import { appState } from "../instance/state"
import type { PermissionRule } from "../schema/permission"
import type { Session } from "../schema/session"
import { decodeCursor, encodeCursor, type Page } from "./cursor"
import { record } from "./record"
import { pageSessions } from "./session-page"
import { newSlug } from "./slug"
import { NO_TOKENS } from "./tokens"

const DEFAULT_LIMIT = 100
const DEFAULT_TITLE = /^(New|Child) session - \d{4}-\d\d-\d\dT[\d:.]+Z$/

export interface NewSession {
  parentID?: string
  title?: string
  agent?: string
  model?: NonNullable<Session["model"]>
  metadata?: Record<string, unknown>
  permission?: PermissionRule[]
  workspaceID?: string
}

/** Creates a session in the instance's directory. The parent need not exist (clients may create them in any order). */
export async function createSession(instance: Instance, wanted: NewSession): Promise<Session> {
  const session = newSession(instance, wanted)
  await record(instance, [{ type: "session.created", info: session }])
  return session
}

/** A session of the instance's directory that is not stored yet. */
export function newSession(instance: Instance, wanted: NewSession): Session {
  const now = instance.app.now()
  const kind = wanted.parentID ? "Child" : "New"
  return {
    id: newID("session"),
    slug: newSlug(),
    version: instance.app.version,
    projectID: instance.project.id,
    directory: instance.directory,
    path: relative(instance.worktree, instance.directory),
    title: wanted.title ?? `${kind} session - ${new Date(now).toISOString()}`,
    cost: 0,
    tokens: NO_TOKENS,
    time: { created: now, updated: now },
    ...(wanted.parentID && { parentID: wanted.parentID }),
    ...(wanted.agent && { agent: wanted.agent }),
    ...(wanted.model && { model: wanted.model }),
    ...(wanted.metadata && { metadata: wanted.metadata }),
    ...(wanted.permission && { permission: wanted.permission }),
    ...(wanted.workspaceID && { workspaceID: wanted.workspaceID }),
  }
}

/** The session, wherever its directory is. Throws 404. */
export async function getSession(app: App, id: string): Promise<Session> {
  const session = await app.store.findSession(id)
  if (!session) throw notFound(`Session not found: ${id}`)
  return session
}

export interface SessionQuery {
  /** Whether the request named the directory: then only its sessions; otherwise those of the whole project. */
  named?: boolean
  scope?: "project"
  /** Directory in the worktree, wherever the request comes from: its sessions and those below it; all of them for "". */
  path?: string
  roots?: boolean
  start?: number
  search?: string
  /** Default 100. */
  limit?: number
  /** `false` leaves out the archived ones. */
  archived?: boolean
  /** The cursor of an earlier page. */
  before?: string
}

/**
 * A page of the sessions of the project or of one directory, the last updated first, and the cursor of the next one if
 * there are more. Throws 400 for a cursor that is none.
 */
export async function listSessions(instance: Instance, query: SessionQuery): Promise<Page<Session>> {
  const { named, scope, path, roots, start, search, limit = DEFAULT_LIMIT, archived, before } = query
  const place = before === undefined ? undefined : decodeCursor(before)
  const { sessions, next } = await pageSessions(instance.app.store, {
    projectID: instance.project.id,
    limit,
    ...(named && scope !== "project" && path === undefined && { directory: instance.directory }),
    ...(path && { path }),
    ...(roots && { roots }),
    ...(start !== undefined && { start }),
    ...(search && { search }),
    ...(archived === false && { archived }),
    ...(place && { after: { updated: place.time, id: place.id } }),
  })
  const last = sessions.at(-1)
  return { entries: sessions, ...(last && next && { cursor: encodeCursor({ id: last.id, time: last.time.updated }) }) }
}

/** Sessions whose parent is `id`, the oldest first. Throws 404 for an unknown parent. */
export async function listChildren(instance: Instance, id: string): Promise<Session[]> {
  await getSession(instance.app, id)
  const children = await instance.app.store.listSessions({ parentID: id })
  return children.sort(oldestFirst)
}

/** Ids of sessions descend: of two that were made in one moment the older has the greater. */
export const oldestFirst = (a: Session, b: Session) => a.time.created - b.time.created || (a.id > b.id ? -1 : 1)

const locks = appState(() => createKeyedLock())

/**
 * Changes a session: `change` gets the stored one and answers the new one, or undefined to leave it as it is. Changes of
 * one session happen one after another, so none is lost. Throws 404.
 */
export function changeSession(
  instance: Instance,
  id: string,
  change: (session: Session) => Session | undefined,
): Promise<Session> {
  const { app } = instance
  return locks(app)(id, async () => {
    const before = await getSession(app, id)
    const after = change(before)
    if (!after) return before
    await record(instance, [{ type: "session.updated", info: after }])
    return after
  })
}

export interface SessionPatch {
  title?: string
  metadata?: Record<string, unknown>
  permission?: PermissionRule[]
  time?: { archived?: number }
}

/**
 * What `PATCH /session/:id` does. `permission` is added to the stored rules, `metadata` replaced; these two renew
 * `time.updated`. Nothing given changes nothing.
 */
export function updateSession(instance: Instance, id: string, patch: SessionPatch): Promise<Session> {
  const { title, metadata, permission, time } = patch
  return changeSession(instance, id, (session) => {
    if (title === undefined && !metadata && !permission && time?.archived === undefined) return undefined
    return {
      ...session,
      ...(title !== undefined && { title }),
      ...(metadata && { metadata }),
      ...(permission && { permission: [...(session.permission ?? []), ...permission] }),
      time: {
        ...session.time,
        ...(time?.archived !== undefined && { archived: time.archived }),
        ...((metadata || permission) && { updated: instance.app.now() }),
      },
    }
  })
}

/** Whether the title is still the one that `createSession` gave. */
export const hasDefaultTitle = (session: Session) => DEFAULT_TITLE.test(session.title)

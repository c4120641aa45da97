import { relative } from "node:path"
import type { App } from "../instance/app"
import { type Instance, openInstance } from "../instance/instance"
import type { Session } from "../schema/session"
import { transferChanges } from "../vcs/transfer"
import { changeSession, getSession } from "./session"
import { requireIdle } from "./status"

export interface MoveOptions {
  /** What becomes of the changes in the worktree that the session leaves. Default: they stay where they are. */
  changes?: "copy" | "move"
  /** The workspace that it goes to. */
  workspaceID?: string
}

/**
 * Moves a session with its children to another directory, where it runs from then on. What its steps did to files before can
 * only be reverted where it was. Throws 404, 409 while one of them runs, and 400 `VcsApplyError` when the changes do not fit.
 */
export async function moveSession(target: Instance, sessionID: string, options: MoveOptions = {}): Promise<Session> {
  const { app } = target
  const { changes, workspaceID } = options
  const session = await getSession(app, sessionID)
  const source = await openInstance(app, session.directory)
  const family = [session, ...(await descendants(app, sessionID))]
  for (const each of family) requireIdle(await openInstance(app, each.directory), each.id)
  if (changes) await transferChanges(source, target, { move: changes === "move" })
  const place = {
    projectID: target.project.id,
    directory: target.directory,
    path: relative(target.worktree, target.directory),
    ...(workspaceID !== undefined && { workspaceID }),
  }
  // The files of a revert that is not final are where it was.
  const keepRevert = source.worktree === target.worktree
  // Of the sessions as they are now: bringing the changes over may have taken a while.
  const moving = family.map(({ id }) =>
    changeSession(target, id, ({ workspaceID: _, revert, ...now }) => ({
      ...now,
      ...place,
      ...(revert && keepRevert && { revert }),
      time: { ...now.time, updated: app.now() },
    })),
  )
  const [moved] = await Promise.all(moving)
  return moved ?? session
}

async function descendants(app: App, parentID: string): Promise<Session[]> {
  const children = await app.store.listSessions({ parentID })
  const below = await Promise.all(children.map((each) => descendants(app, each.id)))
  return [...children, ...below.flat()]
}

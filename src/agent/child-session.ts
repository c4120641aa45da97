import { isDeepStrictEqual } from "node:util"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import type { Agent } from "../schema/agent"
import type { PermissionRule } from "../schema/permission"
import type { Session } from "../schema/session"
import { changeSession, createSession, getSession } from "../session/session"
import type { Subtask } from "../tool/tool"
import { deny } from "./rules"

/** What a child session may not do unless its agent has rules of its own for it. */
const DENIED = ["todowrite", "task"]

/**
 * The session that a subtask runs in: a new child of `parentID`, also when `task.sessionID` is unknown (models make ids up);
 * else the child that it names. Either way what the parent may not do, the child may not. Throws when the named session is
 * no child of the parent.
 */
export async function childSession(
  instance: Instance,
  task: Subtask,
  { parentID, agent }: { parentID: string; agent: Agent },
): Promise<Session> {
  const inherited = inheritedRules(await getSession(instance.app, parentID))
  const known = task.sessionID === undefined ? undefined : await instance.app.store.findSession(task.sessionID)
  if (known) {
    if (known.parentID !== parentID) throw new Error(`Not a task of this session: ${known.id}`)
    return addRules(instance, known, inherited)
  }
  const { experimental } = await getConfig(instance)
  const own = DENIED.filter((name) => !agent.permission.some((rule) => rule.permission === name))
  const permission = [...inherited, ...[...own, ...(experimental?.primary_tools ?? [])].map((name) => deny(name))]
  const title = `${task.description} (@${agent.name} subagent)`
  return createSession(instance, { parentID, title, agent: agent.name, permission: distinct(permission) })
}

/** What a session forbids, and what it says of places outside of the project, holds for its children too. */
const inheritedRules = ({ permission = [] }: Session): PermissionRule[] =>
  permission.filter((rule) => rule.action === "deny" || rule.permission === "external_directory")

/** Rules that the parent was given since the child was made come last, so that they count. */
const addRules = (instance: Instance, child: Session, rules: PermissionRule[]): Promise<Session> =>
  changeSession(instance, child.id, (session) => {
    const permission = distinct([...(session.permission ?? []), ...rules])
    return permission.length === session.permission?.length ? undefined : { ...session, permission }
  })

const distinct = (rules: PermissionRule[]): PermissionRule[] =>
  rules.filter((rule, at) => rules.findIndex((each) => isDeepStrictEqual(each, rule)) === at)

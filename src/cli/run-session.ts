import { Type } from "@sinclair/typebox"
import type { PermissionRule } from "../schema/permission"
import { CommandError } from "./command-error"
import type { Connection } from "./connection"

/** What a run needs to know of its session. */
export const RunSession = Type.Object({
  id: Type.String(),
  directory: Type.String(),
  parentID: Type.Optional(Type.String()),
  share: Type.Optional(Type.Object({ url: Type.String() })),
})

export interface SessionChoice {
  /** The last one of the directory. */
  continue?: boolean
  session?: string
  fork?: boolean
  share?: boolean
  /** Empty: the beginning of the message. */
  title?: string
}

/** Nobody is there to answer questions, or to say when a plan is good. */
const UNATTENDED: PermissionRule[] = ["question", "plan_enter", "plan_exit"].map((permission) => {
  return { permission, pattern: "*", action: "deny" }
})
const TITLE_LENGTH = 50

/** The session that the message is for: a known one, a copy of it, or a new one in `directory`. */
export async function chooseSession(
  connection: Connection,
  choice: SessionChoice,
  { directory, message }: { directory: string | undefined; message: string },
) {
  const scope = directory === undefined ? "" : `directory=${encodeURIComponent(directory)}`
  const known = await findKnown(connection, choice, scope)
  const create = () =>
    connection.call(RunSession, "POST", `/session?${scope}`, {
      permission: UNATTENDED,
      ...(choice.title !== undefined && { title: choice.title || message.slice(0, TITLE_LENGTH) }),
    })
  const at = (id: string, action: string) => `/session/${encodeURIComponent(id)}/${action}`
  const session = known && choice.fork ? await connection.call(RunSession, "POST", at(known.id, "fork"), {}) : known
  const chosen = session ?? (await create())
  return choice.share ? connection.call(RunSession, "POST", at(chosen.id, "share")) : chosen
}

async function findKnown(connection: Connection, choice: SessionChoice, scope: string) {
  if (choice.session !== undefined)
    return connection.call(RunSession, "GET", `/session/${encodeURIComponent(choice.session)}`)
  if (!choice.continue) return undefined
  const [last] = await connection.call(Type.Array(RunSession), "GET", `/session?roots=true&limit=1&${scope}`)
  if (!last) throw new CommandError("There is no session here yet")
  return last
}

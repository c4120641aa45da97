import { type Static, Type } from "@sinclair/typebox"
import type { App } from "../instance/app"
import { MessageEntry } from "../schema/message-entry"
import { Session } from "../schema/session"
import { getSession } from "./session"

/** One session as a file: what `opencode export` writes, here and upstream. */
export const SessionExport = Type.Object({ info: Session, messages: Type.Array(MessageEntry) })
export type SessionExport = Static<typeof SessionExport>

/**
 * The session with all its messages, without its children. The link to its share page is left out: files are passed on.
 * Throws 404.
 */
export async function exportSession(app: App, id: string): Promise<SessionExport> {
  const { share, ...info } = await getSession(app, id)
  return { info, messages: await app.store.listMessages(id) }
}

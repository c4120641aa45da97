import { forbidden } from "../base/error"
import { newShareSecret, secretOf, shareLink } from "../base/share-link"
import { getConfig } from "../config/config"
import { isOn } from "../config/directories"
import type { App } from "../instance/app"
import { type Instance, openInstance } from "../instance/instance"
import type { Session } from "../schema/session"
import { changeSession } from "./session"

/**
 * Gives the session a link to a page that shows it, below `origin` (`http://host:port`). A session that has one keeps its
 * secret. Throws 404, and 403 where sharing is disabled.
 */
export async function shareSession(instance: Instance, id: string, origin: string): Promise<Session> {
  if ((await sharingOf(instance)) === "disabled")
    throw forbidden(
      "Sharing is disabled by the configuration (share) or the environment (OPENCODE_DISABLE_SHARE) of the server",
    )
  return changeSession(instance, id, (session) => {
    const secret = (session.share && secretOf(session.share.url)) ?? newShareSecret()
    return { ...session, share: { url: shareLink(origin, secret) } }
  })
}

/** Ends the session's link. One without a link is announced all the same, as clients expect. Throws 404. */
export const unshareSession = (instance: Instance, id: string): Promise<Session> =>
  changeSession(instance, id, ({ share, ...session }) => session)

/** Shares a session that was just made if the configuration says so of all; children are shown by no page of their own. */
export async function shareNewSession(instance: Instance, session: Session, origin: string): Promise<Session> {
  if (session.parentID !== undefined || (await sharingOf(instance)) !== "auto") return session
  return shareSession(instance, session.id, origin)
}

/** The session that the secret of a link belongs to, with its instance. Links lead nowhere while sharing is disabled. */
export async function findShared(
  app: App,
  secret: string,
): Promise<{ instance: Instance; session: Session } | undefined> {
  const session = await app.store.findSharedSession(secret)
  if (!session) return undefined
  const instance = await openInstance(app, session.directory)
  return (await sharingOf(instance)) === "disabled" ? undefined : { instance, session }
}

async function sharingOf(instance: Instance) {
  const { env } = instance.app
  if (isOn(env.OPENCODE_DISABLE_SHARE)) return "disabled"
  const { share } = await getConfig(instance)
  return share !== "disabled" && isOn(env.OPENCODE_AUTO_SHARE) ? "auto" : share
}

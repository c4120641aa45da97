import { removeAuth, setAuth } from "../auth/auth"
import type { App } from "../instance/app"
import type { Auth } from "../schema/auth"
import { reloadConfigs } from "./reload"
import { forgetRemoteConfig } from "./remote-config"
import { listWellKnown, withoutSlash } from "./well-known"

/** Stores a credential. With a login to an organization its configuration holds from now on. */
export async function storeCredential(app: App, id: string, auth: Auth): Promise<void> {
  const changes = auth.type === "wellknown" || (await isWellKnown(app, id))
  await setAuth(app, id, auth)
  if (changes) await reloadConfigs(app)
}

/** Forgets a credential, if there is one. With a login to an organization its configuration goes too. */
export async function removeCredential(app: App, id: string): Promise<void> {
  const changes = await isWellKnown(app, id)
  await removeAuth(app, id)
  if (!changes) return
  await forgetRemoteConfig(app, withoutSlash(id))
  await reloadConfigs(app)
}

async function isWellKnown(app: App, id: string): Promise<boolean> {
  return (await listWellKnown(app)).some(({ address }) => address === withoutSlash(id))
}

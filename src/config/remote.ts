import type { App } from "../instance/app"
import type { Config } from "../schema/config"
import { activeOrganization, organizationSource, organizationVariables } from "./organization-config"
import { loadRemoteConfig } from "./remote-config"
import { type WellKnownEntry, wellKnownSource } from "./well-known"

/** The configurations that lie elsewhere. They are the user's own: the user has logged in to where they come from. */
export interface RemoteConfigs {
  /** Of organizations' well-known addresses; they come before all files. */
  wellKnown: (Config | undefined)[]
  /** Of the active organization of a console; it comes after all files but the administrator's. */
  organization: Config | undefined
  /** Variables beside those of the environment in which providers find their keys. */
  variables: Record<string, string>
}

/** Fetches them all. Without any login nothing is fetched. */
export async function loadRemoteConfigs(app: App, entries: WellKnownEntry[], env: App["env"]): Promise<RemoteConfigs> {
  const [wellKnown, console] = await Promise.all([
    Promise.all(entries.map((entry) => loadRemoteConfig(app, wellKnownSource(app, entry, env)))),
    loadOrganization(app, env),
  ])
  return { wellKnown, ...console }
}

async function loadOrganization(app: App, env: App["env"]) {
  const active = await activeOrganization(app)
  if (!active) return { organization: undefined, variables: {} }
  return {
    organization: await loadRemoteConfig(app, organizationSource(app, active, env)),
    variables: organizationVariables(app, active.account),
  }
}

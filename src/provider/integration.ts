import { listAuth } from "../auth/auth"
import { notFound } from "../base/error"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import type { ConnectionInfo, IntegrationInfo } from "../schema/api-integration"
import { getCatalogue } from "./catalogue"
import { isAllowed } from "./connection"

/** The providers that can be logged in to: how, and which credentials there are. By name; without the credentials themselves. */
export async function listIntegrations(instance: Instance): Promise<IntegrationInfo[]> {
  const { app } = instance
  const [config, auth, catalogue] = await Promise.all([getConfig(instance), listAuth(app), getCatalogue(app)])
  const known = [...catalogue.providers.values()].filter(({ id }) => isAllowed(config, id))
  return known
    .map(({ id, name, env }): IntegrationInfo => {
      const stored = Object.hasOwn(auth, id) ? auth[id] : undefined
      const connections: ConnectionInfo[] = env
        .filter((variable) => app.env[variable])
        .map((variable) => ({ type: "env", name: variable }))
      if (stored) connections.unshift({ type: "credential", id, label: LABELS[stored.type] })
      return {
        id,
        name,
        methods: [{ type: "key" }, ...(env.length > 0 ? [{ type: "env" as const, names: env }] : [])],
        connections,
      }
    })
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** The integration of that id. Throws 404. */
export async function getIntegration(instance: Instance, id: string): Promise<IntegrationInfo> {
  const found = (await listIntegrations(instance)).find((integration) => integration.id === id)
  if (!found) throw notFound(`Integration not found: ${id}`)
  return found
}

const LABELS = { api: "API key", oauth: "Account", wellknown: "Organization" }

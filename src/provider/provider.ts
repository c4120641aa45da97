import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import type { Config } from "../schema/config"
import type { Provider } from "../schema/provider"
import { getCatalogue } from "./catalogue"
import { isAllowed, listConnections } from "./connection"
import { bestModel } from "./default-model"
import { demoProvider } from "./demo-provider"
import { providerFrom } from "./model-object"

/** The connected providers with their models, without secrets. Only when there is none (or it is asked for): the demo. */
export async function listProviders(instance: Instance): Promise<Provider[]> {
  const config = await getConfig(instance)
  const connected = [...(await listConnections(instance, config)).values()].map((each) => each.provider)
  return connected.length === 0 || asksForDemo(config) ? [...connected, demoProvider] : connected
}

export interface ProviderCatalogue {
  all: Provider[]
  /** Provider id -> its best model. */
  default: Record<string, string>
  /** The ids of the connected ones. */
  connected: string[]
}

/** Every provider of the catalogue that the configuration allows; the connected ones as `listProviders` has them. */
export async function getProviderCatalogue(instance: Instance): Promise<ProviderCatalogue> {
  const [config, catalogue, connected] = await Promise.all([
    getConfig(instance),
    getCatalogue(instance.app),
    listProviders(instance),
  ])
  const own = new Set(connected.map((provider) => provider.id))
  const others: Provider[] = []
  for (const [id, facts] of catalogue.providers) {
    if (own.has(id) || !isAllowed(config, id)) continue
    others.push(providerFrom(facts, catalogue.modelsOf(id)))
  }
  const all = [...others, ...connected]
  return { all, default: defaultModels(all), connected: connected.map((provider) => provider.id) }
}

/** The best model of each provider. */
export function defaultModels(providers: Provider[]): Record<string, string> {
  return Object.fromEntries(
    providers.flatMap((provider) => {
      const best = bestModel(Object.keys(provider.models))
      return best === undefined ? [] : [[provider.id, best]]
    }),
  )
}

function asksForDemo(config: Config): boolean {
  const { id } = demoProvider
  if (config.enabled_providers?.includes(id) || config.provider?.[id]) return true
  return [config.model, config.small_model].some((model) => model?.startsWith(`${id}/`))
}

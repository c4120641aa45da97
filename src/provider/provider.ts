import { setImmediate } from "node:timers/promises"
import { promisify } from "node:util"
import zlib from "node:zlib"
import { tagged } from "../base/error"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import { appState } from "../instance/state"
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

/** One of the connected providers. Throws 404 `ProviderNotFoundError`. */
export async function getProvider(instance: Instance, providerID: string): Promise<Provider> {
  const provider = (await listProviders(instance)).find(({ id }) => id === providerID)
  if (!provider) throw tagged(404, "ProviderNotFoundError", `Provider not found: ${providerID}`, { providerID })
  return provider
}

const MAX_BODIES = 4
/** Characters of JSON between two pauses: some milliseconds of work. */
const SLICE = 250_000
const gzip = promisify(zlib.gzip)
const bodies = appState(() => new Map<string, Promise<Uint8Array<ArrayBuffer>>>())

/**
 * The JSON of every provider of the catalogue that the configuration allows (`{ all, default, connected }`), gzipped; the
 * connected ones as `listProviders` has them. These are megabytes that many clients ask for at once when they start: made
 * once, in slices that let other work through, and shared by the instances that answer the same.
 */
export async function providerCatalogueBody(instance: Instance): Promise<Uint8Array<ArrayBuffer>> {
  const [config, connected] = await Promise.all([getConfig(instance), listProviders(instance)])
  const { enabled_providers, disabled_providers } = config
  const key = JSON.stringify([enabled_providers, disabled_providers, connected])
  const known = bodies(instance.app)
  const body = known.get(key) ?? makeBody(instance, config, connected)
  known.delete(key)
  known.set(key, body)
  if (known.size > MAX_BODIES) known.delete(known.keys().next().value!)
  body.catch(() => known.delete(key))
  return body
}

async function makeBody(instance: Instance, config: Config, connected: Provider[]): Promise<Uint8Array<ArrayBuffer>> {
  const catalogue = await getCatalogue(instance.app)
  const own = new Set(connected.map((provider) => provider.id))
  const texts: string[] = []
  const best: Record<string, string> = {}
  let slice = 0
  for (const [id, facts] of catalogue.providers) {
    if (own.has(id) || !isAllowed(config, id)) continue
    const provider = providerFrom(facts, catalogue.modelsOf(id))
    Object.assign(best, defaultModels([provider]))
    const text = JSON.stringify(provider)
    texts.push(text)
    slice += text.length
    if (slice < SLICE) continue
    slice = 0
    await setImmediate()
  }
  texts.push(...connected.map((provider) => JSON.stringify(provider)))
  const rest = { default: { ...best, ...defaultModels(connected) }, connected: [...own] }
  return new Uint8Array(await gzip(`{"all":[${texts.join(",")}],${JSON.stringify(rest).slice(1)}`, { level: 4 }))
}

/** The best model of each provider. */
export function defaultModels(providers: Provider[]): Record<string, string> {
  return Object.fromEntries(
    providers.flatMap((provider) => {
      const best = bestModel(provider.models)
      return best === undefined ? [] : [[provider.id, best]]
    }),
  )
}

function asksForDemo(config: Config): boolean {
  const { id } = demoProvider
  if (config.enabled_providers?.includes(id) || config.provider?.[id]) return true
  return [config.model, config.small_model].some((model) => model?.startsWith(`${id}/`))
}

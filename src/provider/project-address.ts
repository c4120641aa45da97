import { badRequest } from "../base/error"
import { isLoopback } from "../base/loopback"
import { getConfig, getUserConfig } from "../config/config"
import { isPlainObject } from "../config/merge"
import type { Instance } from "../instance/instance"
import type { ProviderConfig } from "../schema/config-provider"
import type { Model } from "../schema/provider"
import { addressOptions } from "./address"
import { getCatalogue } from "./catalogue"
import { type Connection, isSecretName, withoutSecrets } from "./connection"
import { textOption } from "./vendor/option"
import { type Options, vendorOf } from "./vendor/vendor"

/** What a model is called with. Holds secrets. */
interface Access {
  options: Options
  headers: Record<string, string>
}

/** Options of these names say where a vendor is. */
const PLACE = /url|uri|endpoint|host|domain|proxy|resource/i
/** A text with one of these becomes more than one word of an address it is inserted in. */
const DELIMITER = /[/\\?#@]/

/**
 * The options and headers with which a model may be called. The user's keys (stored, in the environment, in the user's own
 * configuration) are for addresses that the catalogue or the user names. Where only the files of the project name the
 * address, nothing of the user's is sent, but what the project itself brings; addresses of this machine are exempt. Throws 400
 * when the project brings no key where one is needed.
 */
export async function allowedAccess(instance: Instance, model: Model, connection: Connection): Promise<Access> {
  const all = { options: connection.options, headers: model.headers }
  const own = entryOf((await getConfig(instance)).provider, model.providerID)
  // Logins are bound to the addresses of their vendor.
  if (!own || connection.login) return all
  const user = entryOf((await getUserConfig(instance)).provider, model.providerID)
  const brought = difference(own.options ?? {}, user?.options ?? {})
  const headers = difference(modelOf(own, model)?.headers ?? {}, modelOf(user, model)?.headers ?? {})
  const setting =
    placeIn(brought) ??
    addressOptions(model, connection.options).find((name) => textOption(brought, name)) ??
    (await namedAddress(instance, model, { own, user, options: connection.options }))
  if (!setting) return all
  const withheld = hasSecrets({ ...all }) && !hasSecrets({ options: brought, headers })
  // All other packages look for keys in the environment themselves when they are given none.
  const looksItself = model.api.npm !== "@ai-sdk/openai-compatible" && !textOption(brought, "apiKey")
  if (withheld || looksItself || vendorOf(model.providerID, connection.npm).signs)
    throw badRequest(
      `The configuration of this project says where ${model.providerID} is (${setting}), so your own credentials are not sent there. The project can bring its own key (options.apiKey); to allow yours, put the same ${setting} into your own configuration below ${instance.app.paths.config}.`,
    )
  return { options: brought, headers: textsOf(headers) }
}

const entryOf = <T>(entries: Record<string, T> | undefined, key: string): T | undefined =>
  entries && Object.hasOwn(entries, key) ? entries[key] : undefined

const modelOf = (config: ProviderConfig | undefined, model: Model) => entryOf(config?.models, model.id)

/** What `value` has and `other` has not, or has otherwise; at any depth. */
function difference(value: object, other: object): Record<string, unknown> {
  const known = new Map<string, unknown>(Object.entries(other))
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      const before = known.get(key)
      if (isPlainObject(each) && isPlainObject(before)) {
        const rest = difference(each, before)
        return Object.keys(rest).length > 0 ? [[key, rest]] : []
      }
      return Bun.deepEquals(each, before) ? [] : [[key, each]]
    }),
  )
}

/** The first option that says where the vendor is. Keys and headers may hold any text. */
function placeIn(options: Record<string, unknown>, within = "options"): string | undefined {
  for (const [name, value] of Object.entries(options)) {
    const path = `${within}.${name}`
    if (path === "options.headers") continue
    if (typeof value === "object" && value !== null) {
      const found = placeIn(Object.fromEntries(Object.entries(value)), path)
      if (found) return found
    } else if (typeof value === "string" && !isOfThisMachine(value)) {
      if (PLACE.test(name) || (DELIMITER.test(value) && !isSecretName(name))) return path
    }
  }
  return undefined
}

/** The setting of the project alone that gives the model its address, where no option does. */
async function namedAddress(
  { app }: Instance,
  model: Model,
  { own, user, options }: { own: ProviderConfig; user: ProviderConfig | undefined; options: Options },
): Promise<string | undefined> {
  const { url } = model.api
  if (!url || isOfThisMachine(url) || textOption(options, "baseURL")) return undefined
  const addresses = (config: ProviderConfig | undefined) => [config?.api, modelOf(config, model)?.provider?.api]
  if (!addresses(own).includes(url) || addresses(user).includes(url)) return undefined
  return (await getCatalogue(app)).providers.get(model.providerID)?.api === url ? undefined : "api"
}

const isOfThisMachine = (text: string) => URL.canParse(text) && isLoopback(new URL(text).hostname)

const hasSecrets = (access: Record<string, unknown>) => !Bun.deepEquals(withoutSecrets(access), access)

/** The entries that are texts. */
export function textsOf(headers: unknown): Record<string, string> {
  if (typeof headers !== "object" || headers === null) return {}
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => typeof value === "string"))
}

import { listAuth } from "../auth/auth"
import { configState, getRemoteConfigs } from "../config/config"
import type { Instance } from "../instance/instance"
import type { Auth } from "../schema/auth"
import type { Config } from "../schema/config"
import type { ProviderConfig } from "../schema/config-provider"
import type { Model, Provider } from "../schema/provider"
import { getCatalogue } from "./catalogue"
import { mergedModel } from "./configured-model"
import { signsIn } from "./login/token"
import { providerFrom } from "./model-object"
import { type Vendor, vendorOf } from "./vendor/vendor"

/** A provider that can be used. */
export interface Connection {
  /** As clients see it, without secrets. */
  provider: Provider
  /** Everything for the package that talks to the vendor: `apiKey`, `baseURL`, `headers`, timeouts... Holds secrets. */
  options: Record<string, unknown>
  /** Whether the user signed in (see `login/`), in contrast to a key. */
  login: boolean
  /** The package that its models need unless they name their own. */
  npm: string | undefined
}

/** By provider id. */
export type Connections = ReadonlyMap<string, Connection>

interface Memo {
  auth: string
  connections: Promise<Connections>
}

const memo = configState(async (): Promise<{ last?: Memo }> => ({}))

/**
 * The providers that are configured, have a stored credential, or whose API key is in the environment. Answers the same
 * map until the configuration or the credentials change.
 */
export async function listConnections(instance: Instance, config: Config): Promise<Connections> {
  const [cell, auth] = await Promise.all([memo(instance), listAuth(instance.app)])
  const text = JSON.stringify(auth)
  if (cell.last?.auth !== text) {
    const connections = connect(instance, config, auth)
    cell.last = { auth: text, connections }
    connections.catch(() => delete cell.last)
  }
  return cell.last!.connections
}

async function connect(instance: Instance, config: Config, auth: Record<string, Auth>): Promise<Connections> {
  const [catalogue, { variables }] = await Promise.all([getCatalogue(instance.app), getRemoteConfigs(instance.app)])
  const env = { ...instance.app.env, ...variables }
  const configured = config.provider ?? {}
  const ids = new Set([...catalogue.providers.keys(), ...Object.keys(configured)])
  const connections = new Map<string, Connection>()
  for (const id of ids) {
    if (id === "demo" || !isAllowed(config, id)) continue
    const facts = catalogue.providers.get(id)
    const own = Object.hasOwn(configured, id) ? configured[id] : undefined
    const stored = Object.hasOwn(auth, id) ? auth[id] : undefined
    const npm = own?.npm ?? facts?.npm
    const vendor = vendorOf(id, npm)
    const login = stored?.type === "oauth" && signsIn(id) && !own?.options?.apiKey
    const fromStore = stored?.type === "api" ? stored.key : undefined
    const fromEnv = vendor.access ? vendor.access(env) : keyAccess(own?.env ?? facts?.env ?? [], env)
    const connected = own || fromStore || login || (fromEnv && facts)
    if (!connected) continue
    const options = {
      ...fromEnv,
      ...(fromStore && { apiKey: fromStore }),
      ...metadataOf(stored),
      ...own?.options,
    }
    const facted = facts ? providerFrom(facts, catalogue.modelsOf(id)) : emptyProvider(id)
    const base = { ...facted, models: adaptedModels(facted.models, vendor, { options, login }) }
    const provider: Provider = {
      ...base,
      name: own?.name ?? base.name,
      env: own?.env ?? base.env,
      source: own ? "config" : fromStore ? "api" : login ? "custom" : "env",
      options: withoutSecrets(own?.options ?? {}),
      models: usableModels(base, own, { npm: facts?.npm, api: facts?.api, env }),
    }
    if (Object.keys(provider.models).length > 0) connections.set(id, { provider, options, login, npm })
  }
  return connections
}

/** Whether the configuration lets this provider be used: `enabled_providers`, `disabled_providers`. */
export function isAllowed(config: Config, providerID: string): boolean {
  if (config.disabled_providers?.includes(providerID)) return false
  return !config.enabled_providers || config.enabled_providers.includes(providerID)
}

interface Origin {
  npm: string | undefined
  api: string | undefined
  env: Readonly<Record<string, string | undefined>>
}

function usableModels(base: Provider, own: ProviderConfig | undefined, origin: Origin): Record<string, Model> {
  const models = new Map(Object.entries(base.models))
  for (const [id, facts] of Object.entries(own?.models ?? {})) {
    const place = {
      id,
      providerID: base.id,
      npm: own?.npm ?? origin.npm ?? "@ai-sdk/openai-compatible",
      api: own?.api ?? origin.api ?? "",
    }
    models.set(id, mergedModel(models.get(id), facts, place))
  }
  const usable = [...models].filter(([id, model]) => {
    if (own?.blacklist?.includes(id)) return false
    if (own?.whitelist && !own.whitelist.includes(id)) return false
    if (own?.models && Object.hasOwn(own.models, id)) return true
    if (model.status === "alpha") return Boolean(origin.env.OPENCODE_ENABLE_EXPERIMENTAL_MODELS)
    return model.status !== "deprecated"
  })
  return Object.fromEntries(usable)
}

/** The models of the catalogue as the vendor lets them be called. */
function adaptedModels(
  models: Provider["models"],
  { model: adapt }: Vendor,
  place: { options: Record<string, unknown>; login: boolean },
): Provider["models"] {
  if (!adapt) return models
  const has = (id: string) => Object.hasOwn(models, id)
  return Object.fromEntries(
    Object.entries(models).flatMap(([id, model]) => {
      const adapted = adapt(model, { ...place, has })
      return adapted ? [[id, adapted]] : []
    }),
  )
}

const emptyProvider = (id: string): Provider => ({ id, name: id, source: "config", env: [], options: {}, models: {} })

/** The first of a provider's variables that holds a key; others of its list name hosts, accounts and regions. */
function keyFromEnv(names: string[], env: Origin["env"]): string | undefined {
  const keys = names.length === 1 ? names : names.filter((name) => /KEY|TOKEN|PAT$/.test(name) && !/_ID$/.test(name))
  return keys.map((name) => env[name]).find(Boolean)
}

function keyAccess(names: string[], env: Origin["env"]): { apiKey: string } | undefined {
  const apiKey = keyFromEnv(names, env)
  return apiKey ? { apiKey } : undefined
}

const metadataOf = (stored: Auth | undefined) => (stored?.type === "api" ? (stored.metadata ?? {}) : {})

const SECRET = /key|token|secret|password|credential|authorization|cookie/i

/** Whether an option or header of that name holds a secret. */
export const isSecretName = (name: string): boolean => SECRET.test(name)

/** Options as clients may see them: texts under names of secrets are left out, at any depth. */
export function withoutSecrets(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => {
      if (typeof value === "string" && isSecretName(name)) return []
      if (typeof value !== "object" || value === null || Array.isArray(value)) return [[name, value]]
      return [[name, withoutSecrets(value as Record<string, unknown>)]]
    }),
  )
}

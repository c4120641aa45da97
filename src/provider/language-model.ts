import type { LanguageModelV4 } from "@ai-sdk/provider"
import { untilAborted } from "../base/abort"
import { badRequest } from "../base/error"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import type { Model } from "../schema/provider"
import { baseURLOf } from "./address"
import { type Connection, listConnections } from "./connection"
import { createDemoModel } from "./demo-model"
import { demoProvider } from "./demo-provider"
import { outsideModel } from "./outside-model"
import { bundledModel, type Settings } from "./packages"
import { allowedAccess, textsOf } from "./project-address"
import { textOption } from "./vendor/option"
import { vendorOf } from "./vendor/vendor"
import { vendorFetch } from "./vendor-fetch"

interface Known {
  connection: Connection | undefined
  model: Promise<LanguageModelV4>
}

const known = instanceState(() => new Map<string, Known>())

/**
 * What talks to the vendor of a model. The package behind it is imported on first use, and installed before where it is not
 * part of the program; the signal ends the wait for that, with its reason. Throws 400 when there is no package for the
 * model, or settings are missing. The errors of its calls go through `runErrorOf`.
 */
export async function languageModel(instance: Instance, model: Model, signal?: AbortSignal): Promise<LanguageModelV4> {
  const connections = await listConnections(instance, await getConfig(instance))
  const connection = connections.get(model.providerID)
  const key = JSON.stringify([model.providerID, model.id, model.api])
  const last = known(instance).get(key)
  if (last && last.connection === connection) return signal ? untilAborted(last.model, signal) : last.model
  const made = makeModel(instance, model, connection)
  known(instance).set(key, { connection, model: made })
  made.catch(() => known(instance).delete(key))
  return signal ? untilAborted(made, signal) : made
}

async function makeModel(instance: Instance, model: Model, connection?: Connection): Promise<LanguageModelV4> {
  if (model.providerID === demoProvider.id) return createDemoModel()
  const access = connection && (await allowedAccess(instance, model, connection))
  const { fetch: _, timeout, headerTimeout, chunkTimeout, ...options } = access?.options ?? {}
  const fetch = vendorFetch(instance.app, {
    timeout,
    headerTimeout,
    chunkTimeout,
    secret: textOption(options, "apiKey"),
  })
  const { settings: special } = vendorOf(model.providerID, connection?.npm)
  const login = connection?.login ?? false
  const own = special ? await special({ app: instance.app, model, options, login, fetch }) : options
  const baseURL = baseURLOf(instance.app, model, own)
  const settings: Settings = {
    fetch,
    ...own,
    headers: { ...textsOf(own.headers), ...(access?.headers ?? model.headers) },
    ...(baseURL && { baseURL }),
  }
  if (model.api.npm === "@ai-sdk/openai-compatible" && !baseURL)
    throw badRequest(`The provider ${model.providerID} needs options.baseURL: the address of its API.`)
  return bundledModel(settings, model) ?? outsideModel(instance, settings, model)
}

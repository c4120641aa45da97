import { badRequest, notFound, type WireError } from "../base/error"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import type { ModelReference } from "../schema/prompt"
import type { Model, Provider } from "../schema/provider"
import { getCatalogue } from "./catalogue"
import { type Connections, listConnections } from "./connection"
import { demoProvider } from "./demo-provider"
import { suggestNames } from "./suggest"

/** Small and cheap models by family, the most preferred first. Whole words, so that `gemini` is no `mini`. */
const SMALL = [/\bhaiku\b/, /\bflash-lite\b/, /\bflash\b/, /\bgpt-[\d.]+-nano\b/, /\bgpt-[\d.]+-mini\b/]

/** `provider/model`; the model's part may hold slashes. Throws 400 when one of them is missing. */
export function parseModel(text: string): ModelReference {
  const slash = text.indexOf("/")
  if (slash <= 0 || slash === text.length - 1)
    throw badRequest(`A model is named as provider/model, not ${JSON.stringify(text)}`)
  return { providerID: text.slice(0, slash), modelID: text.slice(slash + 1) }
}

/**
 * The model behind a reference. Throws 404 `Model not found: PROVIDER/MODEL.`, with names that look alike or how to
 * connect the provider. The demo model is always there.
 */
export async function getModel(instance: Instance, reference: ModelReference): Promise<Model> {
  const connections = await listConnections(instance, await getConfig(instance))
  const model = modelOf(connections, reference)
  if (model) return model
  const provider = findProvider(connections, reference.providerID)
  return unknownModel(instance, reference, { provider, connected: [...connections.keys()] })
}

/** The model behind a reference; undefined when it is unknown or its provider is not connected. */
export async function findModel(instance: Instance, reference: ModelReference): Promise<Model | undefined> {
  return modelOf(await listConnections(instance, await getConfig(instance)), reference)
}

/**
 * The model for side work such as titles: config `small_model`, else a small one of the same provider. Undefined when
 * there is none; then the main model does it.
 */
export async function smallModel(instance: Instance, providerID: string): Promise<Model | undefined> {
  const config = await getConfig(instance)
  if (config.small_model) return getModel(instance, parseModel(config.small_model))
  const provider = (await listConnections(instance, config)).get(providerID)?.provider
  const models = Object.values(provider?.models ?? {})
  for (const pattern of SMALL) {
    const small = models.filter((model) => pattern.test(model.id) && model.capabilities.output.text)
    if (small.length > 0) return small.reduce((a, b) => (b.release_date > a.release_date ? b : a))
  }
  return undefined
}

const findProvider = (connections: Connections, id: string): Provider | undefined =>
  id === demoProvider.id ? demoProvider : connections.get(id)?.provider

function modelOf(connections: Connections, { providerID, modelID }: ModelReference): Model | undefined {
  const models = findProvider(connections, providerID)?.models ?? {}
  return Object.hasOwn(models, modelID) ? models[modelID] : undefined
}

async function unknownModel(
  instance: Instance,
  { providerID, modelID }: ModelReference,
  known: { provider: Provider | undefined; connected: string[] },
): Promise<never> {
  const catalogue = await getCatalogue(instance.app)
  const facts = catalogue.providers.get(providerID)
  const say = (hint: string): WireError => notFound(`Model not found: ${providerID}/${modelID}.${hint}`)
  if (!known.provider && facts) {
    const variables = facts.env.length > 0 ? ` in the environment (${facts.env.join(", ")})` : " in the environment"
    throw say(
      ` The provider ${providerID} is not connected: store its key with PUT /auth/${providerID}, or put it${variables}.`,
    )
  }
  const names = known.provider
    ? Object.keys(known.provider.models)
    : [...catalogue.providers.keys(), ...known.connected]
  const alike = await suggestNames(known.provider ? modelID : providerID, [...new Set(names)])
  throw say(alike.length > 0 ? ` Did you mean: ${alike.join(", ")}?` : "")
}

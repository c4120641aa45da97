import { notFound, type WireError } from "../base/error"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import type { Model, Provider } from "../schema/provider"
import { getCatalogue } from "./catalogue"
import { listConnections } from "./connection"
import { demoProvider } from "./demo-provider"

export interface ModelReference {
  providerID: string
  modelID: string
}

const SUGGESTIONS = 3

/**
 * The model behind a reference. Throws 404 `Model not found: PROVIDER/MODEL.`, with names that look alike or how to
 * connect the provider. The demo model is always there.
 */
export async function getModel(instance: Instance, reference: ModelReference): Promise<Model> {
  const config = await getConfig(instance)
  const connections = await listConnections(instance, config)
  const provider =
    reference.providerID === demoProvider.id ? demoProvider : connections.get(reference.providerID)?.provider
  const models = provider?.models ?? {}
  const model = Object.hasOwn(models, reference.modelID) ? models[reference.modelID] : undefined
  return model ?? (await unknownModel(instance, reference, { provider, connected: [...connections.keys()] }))
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
  const { default: fuzzysort } = await import("fuzzysort")
  const alike = fuzzysort.go(known.provider ? modelID : providerID, [...new Set(names)], { limit: SUGGESTIONS })
  throw say(alike.length > 0 ? ` Did you mean: ${alike.map((each) => each.target).join(", ")}?` : "")
}

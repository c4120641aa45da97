import { join } from "node:path"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { badRequest } from "../base/error"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import type { Model } from "../schema/provider"
import { listConnections } from "./connection"
import { demoProvider } from "./demo-provider"
import { getModel, type ModelReference } from "./model"

/** Parts of the ids that the wire's `default` prefers, the most preferred last; seen in what the clients expect. */
const PREFERRED = ["gpt-5", "claude-sonnet-4", "big-pickle", "gemini-3-pro"]

/** Small and cheap models by family, the most preferred first. Whole words, so that `gemini` is no `mini`. */
const SMALL = [/\bhaiku\b/, /\bflash-lite\b/, /\bflash\b/, /\bgpt-[\d.]+-nano\b/, /\bgpt-[\d.]+-mini\b/]

const RecentModels = Type.Object({
  recent: Type.Array(Type.Object({ providerID: Type.String(), modelID: Type.String() })),
})

/** `provider/model`; the model's part may hold slashes. Throws 400 when one of them is missing. */
export function parseModel(text: string): ModelReference {
  const slash = text.indexOf("/")
  if (slash <= 0 || slash === text.length - 1)
    throw badRequest(`A model is named as provider/model, not ${JSON.stringify(text)}`)
  return { providerID: text.slice(0, slash), modelID: text.slice(slash + 1) }
}

/**
 * The model of a prompt that names none: config `model`, else the one last used in a terminal client, else the best one of
 * the first provider (configured ones first), else the demo.
 */
export async function defaultModel(instance: Instance): Promise<ModelReference> {
  const config = await getConfig(instance)
  if (config.model) return parseModel(config.model)
  const connections = await listConnections(instance, config)
  const usable = ({ providerID, modelID }: ModelReference) =>
    Object.hasOwn(connections.get(providerID)?.provider.models ?? {}, modelID)
  const recent = (await recentModels(instance)).find(usable)
  if (recent) return { providerID: recent.providerID, modelID: recent.modelID }
  const configured = [...connections.keys()].filter((id) => Object.hasOwn(config.provider ?? {}, id))
  const providerID = configured[0] ?? connections.keys().next().value
  const modelID = providerID && bestModel(Object.keys(connections.get(providerID)?.provider.models ?? {}))
  if (providerID && modelID) return { providerID, modelID }
  return { providerID: demoProvider.id, modelID: "script" }
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

/** The best of a provider's models as clients expect it: preferred names first, then `latest`, then the last by name. */
export function bestModel(ids: string[]): string | undefined {
  const rank = (id: string) =>
    [PREFERRED.findLastIndex((part) => id.includes(part)), id.includes("latest") ? 1 : 0] as const
  return ids.toSorted((a, b) => {
    const [familyA, latestA] = rank(a)
    const [familyB, latestB] = rank(b)
    return familyB - familyA || latestB - latestA || (a < b ? 1 : -1)
  })[0]
}

/** What terminal clients of this machine used last; they keep it in the state directory. */
async function recentModels({ app }: Instance): Promise<ModelReference[]> {
  const file = Bun.file(join(app.paths.state, "model.json"))
  if (!(await file.exists())) return []
  try {
    const data: unknown = await file.json()
    return Value.Check(RecentModels, data) ? data.recent : []
  } catch (error) {
    app.log.warn("The list of recent models cannot be read", { error })
    return []
  }
}

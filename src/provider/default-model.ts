import { join } from "node:path"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import type { ModelReference } from "../schema/prompt"
import type { Provider } from "../schema/provider"
import { listConnections } from "./connection"
import { demoProvider } from "./demo-provider"
import { parseModel } from "./model"

/** Parts of the ids that the wire's `default` prefers, the most preferred last; seen in what the clients expect. */
const PREFERRED = ["gpt-5", "claude-sonnet-4", "big-pickle", "gemini-3-pro"]

const RecentModels = Type.Object({
  recent: Type.Array(Type.Object({ providerID: Type.String(), modelID: Type.String() })),
})

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
  const modelID = providerID && bestModel(connections.get(providerID)?.provider.models ?? {})
  if (providerID && modelID) return { providerID, modelID }
  return { providerID: demoProvider.id, modelID: "script" }
}

/**
 * The best of a provider's models as clients expect it: preferred names first, then `latest`, then the last by name. Those
 * that cannot hold a conversation with tools (they only transcribe, speak or embed) count only where there are no others.
 */
export function bestModel(models: Provider["models"]): string | undefined {
  const all = Object.keys(models)
  const able = all.filter((id) => models[id]!.capabilities.toolcall && models[id]!.capabilities.output.text)
  const ids = able.length > 0 ? able : all
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

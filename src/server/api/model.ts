import { withoutSecrets } from "../../provider/connection"
import type { ModelCost, ModelV2Info } from "../../schema/api-model"
import type { ProviderV2Info } from "../../schema/api-provider"
import type { Model, Provider } from "../../schema/provider"

/** A connected provider as `/api` shows it, without secrets. */
export function providerInfo({ id, name, models, options }: Provider): ProviderV2Info {
  const [model] = Object.values(models)
  return { id, name, api: apiOf(model?.api, options), request: { headers: {}, body: {} } }
}

/** The models of a connected provider as `/api` shows them, without secrets. */
export const modelInfos = ({ models, options }: Provider): ModelV2Info[] =>
  Object.values(models).map((model) => modelInfo(model, options))

function modelInfo(model: Model, options: Provider["options"]): ModelV2Info {
  const { id, providerID, name, family, capabilities, limit, status, release_date, variants = {} } = model
  return {
    id,
    providerID,
    name,
    ...(family && { family }),
    api: { id: model.api.id, ...apiOf(model.api, options) },
    capabilities: {
      tools: capabilities.toolcall,
      input: kinds(capabilities.input),
      output: kinds(capabilities.output),
    },
    request: { headers: headersOf(model.headers), body: withoutSecrets(model.options) },
    variants: Object.entries(variants).map(([id, body]) => ({ id, headers: {}, body: withoutSecrets(body) })),
    time: { released: Date.parse(release_date) || 0 },
    cost: costs(model.cost),
    status,
    enabled: true,
    limit: {
      context: Math.round(limit.context),
      output: Math.round(limit.output),
      ...(limit.input !== undefined && { input: Math.round(limit.input) }),
    },
  }
}

function apiOf(api: Model["api"] | undefined, { baseURL, ...options }: Provider["options"]) {
  const url = typeof baseURL === "string" ? baseURL : api?.url
  const settings = withoutSecrets(options)
  return {
    type: "aisdk" as const,
    package: api?.npm ?? "@ai-sdk/openai-compatible",
    ...(url && { url }),
    ...(Object.keys(settings).length > 0 && { settings }),
  }
}

const headersOf = (headers: Model["headers"]) =>
  Object.fromEntries(
    Object.entries(withoutSecrets(headers)).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value]] : [],
    ),
  )

const kinds = (has: Model["capabilities"]["input"]) =>
  Object.entries(has).flatMap(([kind, isThere]) => (isThere ? [kind] : []))

function costs({ input, output, cache, tiers = [] }: Model["cost"]): ModelCost[] {
  return [{ input, output, cache }, ...tiers.map(({ tier, ...price }) => ({ ...price, tier }))]
}

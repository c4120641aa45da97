import type { LanguageModelV4 } from "@ai-sdk/provider"
import { WireError } from "../base/error"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import type { Model } from "../schema/provider"
import { bundledPackages } from "./bundled"
import { type Connection, listConnections } from "./connection"
import { createDemoModel } from "./demo-model"
import { demoProvider } from "./demo-provider"
import { vendorFetch } from "./vendor-fetch"

interface Known {
  connection: Connection | undefined
  model: Promise<LanguageModelV4>
}

const known = instanceState(() => new Map<string, Known>())

/**
 * What talks to the vendor of a model. The package behind it is imported on first use. Throws 400 when there is no package
 * for the model, or settings are missing. The errors of its calls go through `runErrorOf`.
 */
export async function languageModel(instance: Instance, model: Model): Promise<LanguageModelV4> {
  const connections = await listConnections(instance, await getConfig(instance))
  const connection = connections.get(model.providerID)
  const key = JSON.stringify([model.providerID, model.id, model.api])
  const last = known(instance).get(key)
  if (last && last.connection === connection) return last.model
  const made = makeModel(instance, model, connection)
  known(instance).set(key, { connection, model: made })
  made.catch(() => known(instance).delete(key))
  return made
}

async function makeModel(instance: Instance, model: Model, connection?: Connection): Promise<LanguageModelV4> {
  if (model.providerID === demoProvider.id) return createDemoModel()
  const { headers, fetch: _, timeout, headerTimeout, chunkTimeout, ...options } = connection?.options ?? {}
  const settings = {
    ...options,
    headers: { ...textsOf(headers), ...model.headers },
    fetch: vendorFetch({ timeout, headerTimeout, chunkTimeout, secret: textOr(options.apiKey) }),
  }
  const baseURL = baseURLOf(instance, model, options)
  const own = { ...settings, ...(baseURL && { baseURL }) }
  switch (model.api.npm) {
    case "@ai-sdk/openai": {
      const { createOpenAI } = await import("@ai-sdk/openai")
      return createOpenAI(own).responses(model.api.id)
    }
    case "@ai-sdk/anthropic": {
      const { createAnthropic } = await import("@ai-sdk/anthropic")
      return createAnthropic(own).languageModel(model.api.id)
    }
    case "@ai-sdk/google": {
      const { createGoogle } = await import("@ai-sdk/google")
      return createGoogle(own).languageModel(model.api.id)
    }
    case "@ai-sdk/openai-compatible": {
      if (!baseURL) throw refused(`The provider ${model.providerID} needs options.baseURL: the address of its API.`)
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible")
      const name = packageName(model)
      return createOpenAICompatible({ ...settings, name, baseURL, includeUsage: true }).languageModel(model.api.id)
    }
    default:
      throw refused(
        `Models of ${model.providerID} need the package ${model.api.npm || "(none given)"}, which this server does not have. It has: ${bundledPackages().join(", ")}.`,
      )
  }
}

/** The name under which the openai-compatible package looks for its provider options: it cuts a name at the first dot. */
export const packageName = (model: Model) => model.providerID.replaceAll(".", "-")

/** `${NAME}` in an address stands for an option, else for a variable of the environment. */
function baseURLOf({ app }: Instance, model: Model, options: Record<string, unknown>): string | undefined {
  const text = textOr(options.baseURL) ?? model.api.url
  if (!text) return undefined
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = textOr(options[name]) ?? app.env[name]
    if (value) return value
    throw refused(`The address of ${model.providerID} needs ${name}: set it in the environment or under options.`)
  })
}

const textOr = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined)

function textsOf(headers: unknown): Record<string, string> {
  if (typeof headers !== "object" || headers === null) return {}
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => typeof value === "string"))
}

const refused = (message: string) => new WireError(400, { name: "BadRequest", data: { message } }, message)

import type { LanguageModelV2, LanguageModelV3, LanguageModelV4 } from "@ai-sdk/provider"
import { badRequest, type WireError } from "../base/error"
import { getUserConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import type { Config } from "../schema/config"
import type { Model } from "../schema/provider"
import { getCatalogue } from "./catalogue"
import { importPackage, isPackageName } from "./install"
import type { Settings } from "./packages"

/**
 * The model from a package that is not part of the program: one of the registry, installed on first use, or a file
 * (`file://`). Throws 400 when the package may not be used, cannot be had, or makes no models.
 *
 * To use a package is to run its code with the rights of the user. So only names count that the catalogue has, or the
 * user's own configuration: the global one, what `OPENCODE_CONFIG`, `OPENCODE_CONFIG_CONTENT` or `OPENCODE_CONFIG_DIR`
 * says, and that of the administrator. The files of a checkout may use such a package, but not bring in another one.
 */
export async function outsideModel(instance: Instance, settings: Settings, model: Model): Promise<LanguageModelV4> {
  const { npm } = model.api
  if (!(await isTrusted(instance, model))) throw untrusted(instance, model)
  const module = npm.startsWith("file://") ? await importFile(npm) : await importPackage(instance.app, npm)
  const make = Object.entries(module).find(([name, value]) => name.startsWith("create") && typeof value === "function")
  if (typeof make?.[1] !== "function")
    throw badRequest(`The package ${npm} makes no providers: it exports no create function`)
  const provider: unknown = make[1]({ name: model.providerID, ...settings })
  return liftedModel(modelFrom(provider, model.api.id), npm)
}

async function isTrusted(instance: Instance, { providerID, api: { npm } }: Model): Promise<boolean> {
  const user = namedPackages(await getUserConfig(instance))
  if (user.has(npm)) return true
  if (!isPackageName(npm)) return false
  const catalogue = await getCatalogue(instance.app)
  const known = [...catalogue.providers.values()].some((provider) => provider.npm === npm)
  return known || Object.values(catalogue.modelsOf(providerID)).some(({ provider }) => provider?.npm === npm)
}

function namedPackages({ provider = {} }: Config): Set<string | undefined> {
  return new Set(
    Object.values(provider).flatMap(({ npm, models = {} }) => [
      npm,
      ...Object.values(models).map((model) => model.provider?.npm),
    ]),
  )
}

function untrusted({ app }: Instance, { providerID, api: { npm } }: Model): WireError {
  if (!npm) return badRequest(`The provider ${providerID} names no package (npm) that makes its models`)
  if (!npm.startsWith("file://") && !isPackageName(npm))
    return badRequest(`${JSON.stringify(npm)} of the provider ${providerID} is not the name of a package`)
  return badRequest(
    `Models of ${providerID} need the package ${npm}, which only the configuration of this project names. A project may not bring in code: to allow it, name the package for some provider in your own configuration below ${app.paths.config}.`,
  )
}

async function importFile(url: string): Promise<Record<string, unknown>> {
  try {
    return await import(url)
  } catch (error) {
    throw badRequest(`The provider ${url} cannot be loaded: ${String(error)}`)
  }
}

type AnyModel = LanguageModelV2 | LanguageModelV3 | LanguageModelV4

function modelFrom(provider: unknown, id: string): unknown {
  if (isCallable(provider) || (typeof provider === "object" && provider !== null)) {
    if ("languageModel" in provider && isCallable(provider.languageModel)) return provider.languageModel(id)
    if (isCallable(provider)) return provider(id)
  }
  return undefined
}

const isCallable = (value: unknown): value is (...args: unknown[]) => unknown => typeof value === "function"

/** Packages of the two former generations of the interface are used through an adapter. */
async function liftedModel(model: unknown, npm: string): Promise<LanguageModelV4> {
  if (!isModel(model)) throw badRequest(`The package ${npm} makes models that this server cannot talk to`)
  if (model.specificationVersion === "v4") return model
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })
  const { wrapLanguageModel } = await import("ai")
  return wrapLanguageModel({ model, middleware: [] })
}

function isModel(value: unknown): value is AnyModel {
  if (typeof value !== "object" || value === null || !("doStream" in value) || !isCallable(value.doStream)) return false
  return "specificationVersion" in value && ["v2", "v3", "v4"].includes(String(value.specificationVersion))
}

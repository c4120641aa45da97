import { badRequest } from "../base/error"
import type { App } from "../instance/app"
import type { Model } from "../schema/provider"
import { textOption } from "./vendor/option"
import type { Options } from "./vendor/vendor"

const VARIABLE = /\$\{(\w+)\}/g

/**
 * Where a model is called: the option `baseURL`, else what the model says; undefined leaves it to the package. `${NAME}`
 * stands for an option, else for a variable of the environment. Throws 400 when neither is set.
 */
export function baseURLOf(app: App, model: Model, options: Options): string | undefined {
  const text = addressText(model, options)
  return text?.replace(VARIABLE, (_, name: string) => {
    const value =
      optionNames(name)
        .map((each) => textOption(options, each))
        .find(Boolean) ?? app.env[name]
    if (value) return value
    throw badRequest(`The address of ${model.providerID} needs ${name}: set it in the environment or under options.`)
  })
}

/** The names of all options that the address of a model may be filled in with. */
export const addressOptions = (model: Model, options: Options): string[] =>
  [...(addressText(model, options) ?? "").matchAll(VARIABLE)].flatMap(([, name = ""]) => optionNames(name))

const addressText = (model: Model, options: Options) => textOption(options, "baseURL") ?? (model.api.url || undefined)

/** `AZURE_RESOURCE_NAME` may be given as the option of that name, or of its last words: `resourceName`, `name`. */
function optionNames(variable: string): string[] {
  const words = variable.toLowerCase().split("_")
  const camel = (parts: string[]) =>
    parts.map((part, index) => (index === 0 ? part : `${part[0]?.toUpperCase() ?? ""}${part.slice(1)}`)).join("")
  return [variable, ...words.map((_, index) => camel(words.slice(index)))]
}

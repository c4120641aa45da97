import { Type } from "@sinclair/typebox"
import { getConfig } from "../../config/config"
import { updateConfig } from "../../config/update"
import { defaultModels, listProviders } from "../../provider/provider"
import { Config } from "../../schema/config"
import { Provider } from "../../schema/provider"
import { json } from "../answers"
import { type Route, route } from "../route"

const Providers = Type.Object({
  providers: Type.Array(Provider),
  default: Type.Record(Type.String(), Type.String()),
})

export const configRoutes: Route[] = [
  route(
    "GET",
    "/config",
    {
      id: "config.get",
      tags: ["config"],
      summary: "Get configuration",
      description: "The configuration of the directory, merged from all its sources.",
      responses: { 200: json(Config, "Configuration") },
    },
    ({ instance }) => getConfig(instance),
  ),
  route(
    "PATCH",
    "/config",
    {
      id: "config.update",
      tags: ["config"],
      summary: "Update configuration",
      description: "Merges the given fields into the project's configuration file; null removes one. Holds at once.",
      body: Config,
      unchecked: true,
      responses: { 200: json(Config, "Configuration after the change") },
    },
    ({ instance, body }) => updateConfig(instance, body),
  ),
  route(
    "GET",
    "/config/providers",
    {
      id: "config.providers",
      tags: ["config"],
      summary: "List usable providers",
      description: "The providers that can be used now, with their models, and the default model of each.",
      responses: { 200: json(Providers, "Providers") },
    },
    ({ instance }) => listProviders(instance).then((providers) => ({ providers, default: defaultModels(providers) })),
  ),
]

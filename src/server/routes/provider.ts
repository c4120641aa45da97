import { Type } from "@sinclair/typebox"
import { getProviderCatalogue } from "../../provider/provider"
import { Provider } from "../../schema/provider"
import { json } from "../answers"
import { type Route, route } from "../route"

const Catalogue = Type.Object({
  all: Type.Array(Provider),
  default: Type.Record(Type.String(), Type.String()),
  connected: Type.Array(Type.String()),
})

export const providerRoutes: Route[] = [
  route(
    "GET",
    "/provider",
    {
      id: "provider.list",
      tags: ["provider"],
      summary: "List all providers",
      description: "All known providers with their models, the default model of each, and which are connected.",
      responses: { 200: json(Catalogue, "Providers") },
    },
    ({ instance }) => getProviderCatalogue(instance),
  ),
]

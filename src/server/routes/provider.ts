import { Type } from "@sinclair/typebox"
import { gunzipSync } from "bun"
import { providerCatalogueBody } from "../../provider/provider"
import { Provider } from "../../schema/provider"
import { json } from "../answers"
import { acceptsGzip, textResponse } from "../respond"
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
    async ({ instance, request }) => {
      const packed = await providerCatalogueBody(instance)
      if (!acceptsGzip(request.headers.get("accept-encoding")))
        return textResponse(gunzipSync(packed), "application/json")
      const response = textResponse(packed, "application/json")
      response.headers.set("content-encoding", "gzip")
      response.headers.set("vary", "Accept-Encoding")
      return response
    },
  ),
]

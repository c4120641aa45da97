import { Type } from "@sinclair/typebox"
import { gunzipSync } from "bun"
import { finishLogin, startLogin } from "../../provider/login/login"
import { listLoginMethods } from "../../provider/login/methods"
import { providerCatalogueBody } from "../../provider/provider"
import { ProviderAuthAuthorization, ProviderAuthError1, ProviderAuthMethod } from "../../schema/auth"
import { Provider } from "../../schema/provider"
import { done, json } from "../answers"
import { acceptsGzip, textResponse } from "../respond"
import { type Route, route } from "../route"

const Catalogue = Type.Object({
  all: Type.Array(Provider),
  default: Type.Record(Type.String(), Type.String()),
  connected: Type.Array(Type.String()),
})

const login = { tags: ["provider"], params: { providerID: Type.String() } }
const method = Type.Number({ description: "Position of the method in the list of GET /provider/auth" })
const refused = json(ProviderAuthError1, "The login cannot be begun, or failed")

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
    async ({ instance, request }) => packedResponse(await providerCatalogueBody(instance), request),
  ),
  route(
    "GET",
    "/provider/auth",
    {
      id: "provider.auth",
      tags: ["provider"],
      summary: "Get provider auth methods",
      description:
        "How each provider can be connected: by a login (`oauth`), or by a key that is stored with PUT /auth/:providerID (`api`), the answers to its prompts as `metadata`.",
      responses: { 200: json(Type.Record(Type.String(), Type.Array(ProviderAuthMethod)), "Methods by provider id") },
    },
    ({ instance }) => listLoginMethods(instance),
  ),
  route(
    "POST",
    "/provider/:providerID/oauth/authorize",
    {
      ...login,
      id: "provider.oauth.authorize",
      summary: "Start a login",
      description:
        "Begins a login and answers the address that the user must visit. `inputs` are the answers to the prompts of the method.",
      body: Type.Object({ method, inputs: Type.Optional(Type.Record(Type.String(), Type.String())) }),
      responses: { 200: json(ProviderAuthAuthorization, "What the user is to do"), 400: refused },
    },
    ({ instance, params, body }) => startLogin(instance, params.providerID, body),
  ),
  route(
    "POST",
    "/provider/:providerID/oauth/callback",
    {
      ...login,
      id: "provider.oauth.callback",
      summary: "Finish a login",
      description:
        "Waits until the user is done and the login is stored; the provider can be used at once. `code` is what the user pasted where the authorization says `code`.",
      body: Type.Object({ method, code: Type.Optional(Type.String()) }),
      responses: { 200: done("The login is stored"), 400: refused },
    },
    ({ instance, params, body }) => finishLogin(instance, params.providerID, body),
  ),
]

/** A JSON answer that is kept gzipped. */
function packedResponse(packed: Uint8Array<ArrayBuffer>, request: Request): Response {
  if (!acceptsGzip(request.headers.get("accept-encoding"))) return textResponse(gunzipSync(packed), "application/json")
  const response = textResponse(packed, "application/json")
  response.headers.set("content-encoding", "gzip")
  response.headers.set("vary", "Accept-Encoding")
  return response
}

import { Type } from "@sinclair/typebox"
import { removeCredential, storeCredential } from "../../config/credential"
import { Auth } from "../../schema/auth"
import { done } from "../answers"
import { type Route, route } from "../route"

const group = { tags: ["control"], scope: "global" as const, params: { providerID: Type.String() } }

export const authRoutes: Route[] = [
  route(
    "PUT",
    "/auth/:providerID",
    {
      ...group,
      id: "auth.set",
      summary: "Store a credential",
      description:
        "Keeps the credential of a provider in a file that only the user can read. The provider can be used at once.",
      body: Auth,
      responses: { 200: done("The credential is stored") },
    },
    ({ app, params, body }) => storeCredential(app, params.providerID, body),
  ),
  route(
    "DELETE",
    "/auth/:providerID",
    {
      ...group,
      id: "auth.remove",
      summary: "Remove a credential",
      description: "Forgets the credential of a provider, if there is one.",
      responses: { 200: done("The credential is gone") },
    },
    ({ app, params }) => removeCredential(app, params.providerID),
  ),
]

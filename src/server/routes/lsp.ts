import { Type } from "@sinclair/typebox"
import { lspStatus } from "../../lsp/lsp"
import { LSPStatus } from "../../schema/lsp"
import { json } from "../answers"
import { type Route, route } from "../route"

export const lspRoutes: Route[] = [
  route(
    "GET",
    "/lsp",
    {
      id: "lsp.status",
      tags: ["instance"],
      summary: "List language servers",
      description:
        "The language servers that run for the directory or have failed; they start when files are read or edited.",
      responses: { 200: json(Type.Array(LSPStatus), "Language servers") },
    },
    ({ instance }) => lspStatus(instance),
  ),
]

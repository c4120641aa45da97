import { Type } from "@sinclair/typebox"
import { prefersHTML } from "../accept"
import { explorerPage, explorerScript, explorerStyle, startScript } from "../explorer/explorer"
import { openAPI } from "../openapi"
import { compressedResponse } from "../respond"
import { type Route, route } from "../route"

const page = { tags: [], scope: "global" as const, hidden: true, responses: { 200: { description: "Explorer" } } }

/** The document of `routes`, for programs as JSON and for people as pages. It is written when it is first asked for. */
export function docRoutes(routes: readonly Route[], version: string): Route[] {
  let written: { text: string; tag: string } | undefined
  const document = () => {
    const text = JSON.stringify(openAPI(routes, version))
    written ??= { text, tag: `"${Bun.hash(text).toString(36)}"` }
    return written
  }
  const answer = async (request: Request): Promise<Response> => {
    const { text, tag } = written ?? document()
    const fresh = request.headers.get("if-none-match")?.split(/, */).includes(tag)
    const response = fresh
      ? new Response(null, { status: 304 })
      : await compressedResponse(text, "application/json", request)
    response.headers.set("etag", tag)
    response.headers.append("vary", "Accept")
    return response
  }
  return [
    route(
      "GET",
      "/doc",
      { ...page, id: "doc", summary: "Describe this API", query: { format: Type.Optional(Type.Literal("json")) } },
      ({ request, query }) =>
        query.format !== "json" && prefersHTML(request.headers.get("accept")) ? explorerPage() : answer(request),
    ),
    route("GET", "/doc/swagger-ui.js", { ...page, id: "doc.script", summary: "Explorer" }, ({ request }) =>
      explorerScript(request),
    ),
    route("GET", "/doc/swagger-ui.css", { ...page, id: "doc.style", summary: "Explorer" }, ({ request }) =>
      explorerStyle(request),
    ),
    route("GET", "/doc/start.js", { ...page, id: "doc.start", summary: "Explorer" }, () => startScript()),
  ]
}

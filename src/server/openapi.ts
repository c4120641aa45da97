import { KindGuard, type TSchema } from "@sinclair/typebox"
import { answersOf } from "./common-answers"
import { scopeQuery } from "./instance-scope"
import { createSchemaWriter, type JSONObject, type SchemaWriter } from "./openapi-schema"
import { decodeBody } from "./request-body"
import type { Route } from "./route"
import type { Answer } from "./route-definition"

const TAGS: Record<string, string> = {
  agent: "Agents",
  config: "Configuration of a directory",
  control: "Credentials and the log",
  controlPlane: "Sessions across directories",
  event: "What happens in a directory",
  experimental: "Routes that may change",
  file: "Files and searches",
  global: "The server as a whole",
  instance: "What a directory has to offer",
  mcp: "Servers of the Model Context Protocol",
  permission: "Requests of a run that wait for the user",
  project: "Projects and their checkouts",
  projectCopy: "Further checkouts of a project",
  provider: "Providers and their models",
  pty: "Terminals",
  question: "Questions of a run to the user",
  session: "Sessions and their messages",
  share: "What the link of a shared session leads to",
  sync: "Copies of the data",
  tui: "Driving a terminal client",
  workspace: "Worktrees that requests may name by an id",
}

/**
 * The OpenAPI 3.1 document of the mounted routes. It is written here because neither `@elysiajs/swagger` nor
 * `@elysiajs/openapi` can: the one says 3.0.3, both give every body and answer several content types, neither knows an
 * answer without content or a stream, and validators refuse what they write.
 */
export function openAPI(routes: readonly Route[], version: string): JSONObject {
  const writer = createSchemaWriter()
  const paths: Record<string, JSONObject> = {}
  for (const route of routes) {
    if (route.definition.hidden) continue
    const path = route.path.replace(/:(\w+)/g, "{$1}")
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, writer) }
  }
  const used = new Set(routes.flatMap(({ definition }) => (definition.hidden ? [] : definition.tags)))
  return {
    openapi: "3.1.0",
    info: { title: "opencode", version, description: "opencode api" },
    tags: [...used].sort().map((name) => ({ name, ...(TAGS[name] && { description: TAGS[name] }) })),
    security: [],
    paths,
    components: { schemas: Object.fromEntries(Object.entries(writer.components).sort(byName)) },
  }
}

const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1)

function operation(route: Route, { write }: SchemaWriter): JSONObject {
  const { id, tags, summary, description, deprecated, params = {}, query = {}, body, scope } = route.definition
  const parameter =
    (place: "path" | "query") =>
    ([name, schema]: [string, TSchema]) => ({
      in: place,
      name,
      required: !KindGuard.IsOptional(schema),
      schema: write(schema),
      ...(KindGuard.IsObject(schema) && { style: "deepObject", explode: true }),
    })
  return {
    operationId: id,
    tags,
    summary,
    ...(description && { description }),
    ...(deprecated && { deprecated }),
    parameters: [
      // The rest of a path has no name in OpenAPI.
      ...Object.entries(params)
        .filter(([name]) => name !== "*")
        .map(parameter("path")),
      // Where a route has a `location`, clients name the directory in it.
      ...Object.entries({ ...(scope !== "global" && !query.location && scopeQuery), ...query }).map(parameter("query")),
    ],
    ...(body && {
      requestBody: {
        ...("problem" in decodeBody(body, undefined) && { required: true }),
        content: { "application/json": { schema: write(body) } },
      },
    }),
    responses: Object.fromEntries(
      Object.entries(answersOf(route)).map(([status, answer]) => [status, response(answer)]),
    ),
  }

  function response({ description, schema, contentType = "application/json" }: Answer): JSONObject {
    return { description, ...(schema && { content: { [contentType]: { schema: write(schema) } } }) }
  }
}

import { Type } from "@sinclair/typebox"
import { done } from "../answers"
import { scopeQuery } from "../instance-scope"
import { type Route, route } from "../route"

const Level = Type.Union([Type.Literal("debug"), Type.Literal("info"), Type.Literal("error"), Type.Literal("warn")])

export const logRoutes: Route[] = [
  route(
    "POST",
    "/log",
    {
      id: "app.log",
      tags: ["control"],
      scope: "global",
      summary: "Write a log entry",
      description: "Writes a line of a client into the server's log.",
      query: scopeQuery,
      body: Type.Object({
        service: Type.String(),
        level: Level,
        message: Type.String(),
        extra: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      }),
      responses: { 200: done("The entry was written") },
    },
    ({ app, body: { level, message, service, extra } }) => app.log[level](message, { service, extra }),
  ),
]

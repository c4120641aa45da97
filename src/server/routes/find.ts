import { Type } from "@sinclair/typebox"
import { findText } from "../../file/search"
import { json } from "../answers"
import { type Route, route } from "../route"

const tags = ["file"]
const text = Type.Object({ text: Type.String() })
const count = Type.Integer({ minimum: 0 })

const Match = Type.Object({
  path: text,
  lines: text,
  line_number: count,
  absolute_offset: count,
  submatches: Type.Array(Type.Object({ match: text, start: count, end: count })),
})

export const findRoutes: Route[] = [
  route(
    "GET",
    "/find",
    {
      id: "find.text",
      tags,
      summary: "Search in files",
      description: "Lines of the project that match a regular expression, ten at most. Ignored files are left out.",
      query: { pattern: Type.String() },
      responses: { 200: json(Type.Array(Match), "Matches") },
    },
    ({ instance, query, request }) => findText(instance, { pattern: query.pattern, signal: request.signal }),
  ),
]

import { Type } from "@sinclair/typebox"
import { findFiles } from "../../file/find"
import { findText } from "../../file/search"
import { findSymbols } from "../../lsp/symbols"
import { WorkspaceSymbol } from "../../schema/file"
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
      description:
        "Lines of the project that match a regular expression, ten unless `limit` says more. Ignored files are left out.",
      query: { pattern: Type.String(), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })) },
      responses: { 200: json(Type.Array(Match), "Matches") },
    },
    ({ instance, query, request }) => findText(instance, { ...query, signal: request.signal }),
  ),
  route(
    "GET",
    "/find/file",
    {
      id: "find.files",
      tags,
      summary: "Find files",
      description: "Paths of the project that somebody may mean by a few letters, the best first.",
      query: {
        query: Type.String(),
        dirs: Type.Optional(Type.Boolean()),
        type: Type.Optional(Type.Union([Type.Literal("file"), Type.Literal("directory")])),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      },
      responses: { 200: json(Type.Array(Type.String()), "Paths") },
    },
    ({ instance, query }) => findFiles(instance, query),
  ),
  route(
    "GET",
    "/find/symbol",
    {
      id: "find.symbols",
      tags,
      summary: "Find symbols",
      description:
        "Functions, classes and the like that the language servers know by this name; none when they are off.",
      query: { query: Type.String() },
      responses: { 200: json(Type.Array(WorkspaceSymbol), "Symbols") },
    },
    ({ instance, query, request }) => findSymbols(instance, { query: query.query, signal: request.signal }),
  ),
]

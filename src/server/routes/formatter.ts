import { Type } from "@sinclair/typebox"
import { formatterStatus } from "../../format/format"
import { FormatterStatus } from "../../schema/formatter"
import { json } from "../answers"
import { type Route, route } from "../route"

export const formatterRoutes: Route[] = [
  route(
    "GET",
    "/formatter",
    {
      id: "formatter.status",
      tags: ["instance"],
      summary: "List formatters",
      description: "The formatters that edits may run, and whether the directory uses them; none unless switched on.",
      responses: { 200: json(Type.Array(FormatterStatus), "Formatters") },
    },
    ({ instance }) => formatterStatus(instance),
  ),
]

import { Type } from "@sinclair/typebox"
import { listReferences } from "../../config/references"
import { LocationInfo } from "../../schema/api-location"
import { ReferenceInfo } from "../../schema/api-reference"
import { json } from "../answers"
import { located, locatedAnswer, locationOf, locationQuery } from "../api/location"
import { type Route, route } from "../route"

export const apiLocationRoutes: Route[] = [
  route(
    "GET",
    "/api/health",
    {
      id: "v2.health.get",
      tags: ["v2"],
      summary: "Check health",
      scope: "global",
      refusal: "invalid",
      responses: { 200: json(Type.Object({ healthy: Type.Literal(true) }), "The server works") },
    },
    () => ({ healthy: true as const }),
  ),
  route(
    "GET",
    "/api/location",
    {
      id: "v2.location.get",
      tags: ["v2"],
      summary: "Get location",
      description: "The directory that a request means, and its project.",
      refusal: "invalid",
      query: locationQuery,
      responses: { 200: json(LocationInfo, "Location") },
    },
    ({ instance }) => locationOf(instance),
  ),
  route(
    "GET",
    "/api/reference",
    {
      id: "v2.reference.list",
      tags: ["v2"],
      summary: "List references",
      description: "Further directories that the configuration names for the model to look at.",
      refusal: "invalid",
      query: locationQuery,
      responses: { 200: locatedAnswer(Type.Array(ReferenceInfo), "References") },
    },
    async ({ instance }) => located(instance, await listReferences(instance)),
  ),
]

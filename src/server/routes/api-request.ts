import { Type } from "@sinclair/typebox"
import { listPermissions } from "../../permission/permission"
import { listQuestions } from "../../question/question"
import { PermissionV2Request } from "../../schema/api-permission"
import { QuestionV2Request } from "../../schema/api-question"
import { located, locatedAnswer, locationQuery } from "../api/location"
import { permissionInfo } from "../api/permission"
import { type Route, route } from "../route"

export const apiRequestRoutes: Route[] = [
  route(
    "GET",
    "/api/permission/request",
    {
      id: "v2.permission.request.list",
      tags: ["v2"],
      summary: "List permission requests",
      description: "What runs of the directory wait to be allowed, oldest first.",
      refusal: "invalid",
      query: locationQuery,
      responses: { 200: locatedAnswer(Type.Array(PermissionV2Request), "Requests") },
    },
    ({ instance }) => located(instance, listPermissions(instance).map(permissionInfo)),
  ),
  route(
    "GET",
    "/api/question/request",
    {
      id: "v2.question.request.list",
      tags: ["v2"],
      summary: "List questions",
      description: "What runs of the directory wait to be answered, oldest first.",
      refusal: "invalid",
      query: locationQuery,
      responses: { 200: locatedAnswer(Type.Array(QuestionV2Request), "Requests") },
    },
    ({ instance }) => located(instance, listQuestions(instance)),
  ),
]

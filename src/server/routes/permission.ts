import { Type } from "@sinclair/typebox"
import { listPermissions, replyPermission } from "../../permission/permission"
import { NotFoundError, PermissionNotFoundError } from "../../schema/error"
import { PermissionRequest } from "../../schema/permission"
import { done, json } from "../answers"
import { type Route, route } from "../route"

const Reply = Type.Union([Type.Literal("once"), Type.Literal("always"), Type.Literal("reject")])

export const permissionRoutes: Route[] = [
  route(
    "GET",
    "/permission",
    {
      id: "permission.list",
      tags: ["permission"],
      summary: "List pending permissions",
      description: "The requests of the directory that wait for a reply.",
      responses: { 200: json(Type.Array(PermissionRequest), "Pending requests") },
    },
    ({ instance }) => listPermissions(instance),
  ),
  route(
    "POST",
    "/permission/:requestID/reply",
    {
      id: "permission.reply",
      tags: ["permission"],
      summary: "Reply to a permission request",
      description: "Lets the run go on. With `reject` a message tells the model what to do instead.",
      params: { requestID: Type.String({ pattern: "^per" }) },
      body: Type.Object({ reply: Reply, message: Type.Optional(Type.String()) }),
      responses: { 200: done("The reply was taken"), 404: json(PermissionNotFoundError, "No such request") },
    },
    ({ instance, params, body }) => replyPermission(instance, params.requestID, body.reply, body.message),
  ),
  route(
    "POST",
    "/session/:sessionID/permissions/:permissionID",
    {
      id: "permission.respond",
      tags: ["session"],
      scope: "session",
      deprecated: true,
      summary: "Respond to a permission request",
      description: "The older form of the reply to a permission request.",
      params: { sessionID: Type.String({ pattern: "^ses" }), permissionID: Type.String({ pattern: "^per" }) },
      body: Type.Object({ response: Reply }),
      responses: {
        200: done("The reply was taken"),
        404: json(Type.Union([NotFoundError, PermissionNotFoundError]), "No such session or request"),
      },
    },
    ({ instance, params, body }) => replyPermission(instance, params.permissionID, body.response),
  ),
]

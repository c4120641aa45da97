import { Type } from "@sinclair/typebox"
import { PermissionRuleset } from "../../schema/permission"
import { Session, SessionStatus } from "../../schema/session"
import { Todo } from "../../schema/todo"
import { removeSession } from "../../session/remove"
import { createSession, getSession, listChildren, listSessions, updateSession } from "../../session/session"
import { shareNewSession } from "../../session/share"
import { listStatus } from "../../session/status"
import { listTodos } from "../../session/todo"
import { json, notFoundAnswer } from "../answers"
import { pageAnswer } from "../page-answer"
import { requestOrigin } from "../request-origin"
import { route } from "../route"
import { requestURL } from "../route-path"

const tags = ["session"]
const params = { sessionID: Type.String({ pattern: "^ses" }) }

export const sessionRoutes = [
  route(
    "GET",
    "/session",
    {
      id: "session.list",
      tags,
      summary: "List sessions",
      description:
        "The last updated first: those of the project, or of one directory when the request names it. Where there are more, the headers `Link` and `X-Next-Cursor` lead to them. `archived=false` leaves out the archived ones.",
      query: {
        scope: Type.Optional(Type.Literal("project")),
        path: Type.Optional(Type.String()),
        roots: Type.Optional(Type.Boolean()),
        start: Type.Optional(Type.Number()),
        search: Type.Optional(Type.String()),
        limit: Type.Optional(Type.Number()),
        archived: Type.Optional(Type.Boolean()),
        before: Type.Optional(Type.String()),
      },
      responses: { 200: json(Type.Array(Session), "Sessions") },
    },
    async ({ instance, query, request }) =>
      pageAnswer(
        request,
        await listSessions(instance, { ...query, named: requestURL(request).searchParams.has("directory") }),
      ),
  ),
  route(
    "POST",
    "/session",
    {
      id: "session.create",
      tags,
      summary: "Create session",
      refusal: "tag",
      body: Type.Optional(
        Type.Object({
          parentID: Type.Optional(Type.String({ pattern: "^ses" })),
          title: Type.Optional(Type.String()),
          agent: Type.Optional(Type.String()),
          model: Type.Optional(
            Type.Object({ id: Type.String(), providerID: Type.String(), variant: Type.Optional(Type.String()) }),
          ),
          metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
          permission: Type.Optional(PermissionRuleset),
          workspaceID: Type.Optional(Type.String({ pattern: "^wrk" })),
        }),
      ),
      responses: { 200: json(Session, "The session") },
    },
    async ({ instance, body, request }) =>
      shareNewSession(instance, await createSession(instance, body ?? {}), requestOrigin(request)),
  ),
  route(
    "GET",
    "/session/status",
    {
      id: "session.status",
      tags,
      summary: "Get session status",
      description: "The busy sessions of the directory; idle ones are absent.",
      responses: { 200: json(Type.Record(Type.String(), SessionStatus), "Status by session") },
    },
    ({ instance }) => listStatus(instance),
  ),
  route(
    "GET",
    "/session/:sessionID",
    {
      id: "session.get",
      tags,
      summary: "Get session",
      scope: "session",
      params,
      responses: { 200: json(Session, "The session"), 404: notFoundAnswer },
    },
    ({ app, params: { sessionID } }) => getSession(app, sessionID),
  ),
  route(
    "PATCH",
    "/session/:sessionID",
    {
      id: "session.update",
      tags,
      summary: "Update session",
      scope: "session",
      params,
      body: Type.Object({
        title: Type.Optional(Type.String()),
        metadata: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        permission: Type.Optional(PermissionRuleset),
        time: Type.Optional(Type.Object({ archived: Type.Optional(Type.Number()) })),
      }),
      responses: { 200: json(Session, "The session as it is now"), 404: notFoundAnswer },
    },
    ({ instance, params: { sessionID }, body }) => updateSession(instance, sessionID, body),
  ),
  route(
    "DELETE",
    "/session/:sessionID",
    {
      id: "session.delete",
      tags,
      summary: "Delete session",
      description: "With all its data and its children. What runs is stopped first.",
      scope: "session",
      params,
      responses: { 200: json(Type.Boolean(), "It is gone"), 404: notFoundAnswer },
    },
    ({ instance, params: { sessionID } }) => removeSession(instance, sessionID),
  ),
  route(
    "GET",
    "/session/:sessionID/children",
    {
      id: "session.children",
      tags,
      summary: "Get session children",
      scope: "session",
      params,
      responses: { 200: json(Type.Array(Session), "Its child sessions"), 404: notFoundAnswer },
    },
    ({ instance, params: { sessionID } }) => listChildren(instance, sessionID),
  ),
  route(
    "GET",
    "/session/:sessionID/todo",
    {
      id: "session.todo",
      tags,
      summary: "Get session todos",
      scope: "session",
      params,
      responses: { 200: json(Type.Array(Todo), "Its todo list"), 404: notFoundAnswer },
    },
    ({ instance, params: { sessionID } }) => listTodos(instance, sessionID),
  ),
]

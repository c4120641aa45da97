import { Type } from "@sinclair/typebox"
import { InvalidCursorError, SessionNotFoundError } from "../../schema/api-error"
import { SessionMessagesResponse } from "../../schema/api-message"
import { SessionActive, SessionsResponse, SessionV2Info } from "../../schema/api-session"
import { json } from "../answers"
import { pageSessionMessages } from "../api/message"
import { activeSessions, getSessionInfo, pageSessions } from "../api/session"
import { type Route, route } from "../route"

const params = { sessionID: Type.String({ pattern: "^ses" }) }
const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  order: Type.Optional(Type.Union([Type.Literal("asc"), Type.Literal("desc")])),
  cursor: Type.Optional(Type.String()),
}
const badCursor = json(InvalidCursorError, "Not a cursor of this server")
const noSession = json(SessionNotFoundError, "No such session")

export const apiSessionRoutes: Route[] = [
  route(
    "GET",
    "/api/session",
    {
      id: "v2.session.list",
      tags: ["v2"],
      summary: "List sessions",
      description:
        "Sessions of all projects, by the time they were made, the newest first unless `order` says otherwise. The cursors of an answer lead to the pages next to it.",
      scope: "global",
      refusal: "invalid",
      query: {
        ...pageQuery,
        workspace: Type.Optional(Type.String()),
        search: Type.Optional(Type.String()),
        directory: Type.Optional(Type.String()),
        project: Type.Optional(Type.String()),
        subpath: Type.Optional(Type.String()),
      },
      responses: { 200: json(SessionsResponse, "A page of sessions"), 400: badCursor },
    },
    ({ app, query }) => pageSessions(app, query),
  ),
  route(
    "GET",
    "/api/session/active",
    {
      id: "v2.session.active",
      tags: ["v2"],
      summary: "List running sessions",
      scope: "global",
      refusal: "invalid",
      responses: { 200: json(Type.Object({ data: Type.Record(Type.String(), SessionActive) }), "By session id") },
    },
    async ({ app }) => ({ data: await activeSessions(app) }),
  ),
  route(
    "GET",
    "/api/session/:sessionID",
    {
      id: "v2.session.get",
      tags: ["v2"],
      summary: "Get session",
      scope: "global",
      refusal: "invalid",
      params,
      responses: { 200: json(Type.Object({ data: SessionV2Info }), "Session"), 404: noSession },
    },
    async ({ app, params: { sessionID } }) => ({ data: await getSessionInfo(app, sessionID) }),
  ),
  route(
    "GET",
    "/api/session/:sessionID/message",
    {
      id: "v2.session.messages",
      tags: ["v2"],
      summary: "List messages",
      description:
        "The newest first unless `order` says otherwise. The cursors of an answer lead to the pages next to it.",
      scope: "global",
      refusal: "invalid",
      params,
      query: pageQuery,
      responses: { 200: json(SessionMessagesResponse, "A page of messages"), 400: badCursor, 404: noSession },
    },
    ({ app, params: { sessionID }, query }) => pageSessionMessages(app, sessionID, query),
  ),
]

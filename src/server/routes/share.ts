import { Type } from "@sinclair/typebox"
import type { App } from "../../instance/app"
import { ServiceUnavailableError } from "../../schema/api-error"
import { Session } from "../../schema/session"
import { findShared, shareSession, unshareSession } from "../../session/share"
import { json, notFoundAnswer } from "../answers"
import { requestOrigin } from "../request-origin"
import { compressedResponse, textResponse } from "../respond"
import { route } from "../route"
import { missingPage, pageHeaders } from "../share-page/document"
import { shareEvents } from "../share-page/events"
import { sharePage } from "../share-page/page"

const HTML = "text/html; charset=utf-8"
const html = (description: string) => ({ description, schema: Type.String(), contentType: "text/html" })
const tags = ["session"]
const params = { sessionID: Type.String({ pattern: "^ses" }) }
/** Whoever knows the link may see what it shows, and nothing else. */
const open = { tags: ["share"], scope: "global" as const, open: true, params: { secret: Type.String() } }
const notShared = html("Nothing is shared under this link any more")

export const shareRoutes = [
  route(
    "POST",
    "/session/:sessionID/share",
    {
      id: "session.share",
      tags,
      summary: "Share session",
      description:
        "Gives the session a link to a page of this server that shows it and follows it. Nobody can guess it, and who has it needs no password.",
      scope: "session",
      params,
      responses: { 200: json(Session, "The session with its link"), 404: notFoundAnswer },
    },
    ({ instance, params: { sessionID }, request }) => shareSession(instance, sessionID, requestOrigin(request)),
  ),
  route(
    "DELETE",
    "/session/:sessionID/share",
    {
      id: "session.unshare",
      tags,
      summary: "Unshare session",
      description: "From now on the link leads nowhere.",
      scope: "session",
      params,
      responses: { 200: json(Session, "The session without a link"), 404: notFoundAnswer },
    },
    ({ instance, params: { sessionID } }) => unshareSession(instance, sessionID),
  ),
  route(
    "GET",
    "/share/:secret",
    {
      ...open,
      id: "share.page",
      summary: "Shared session",
      query: { before: Type.Optional(Type.String({ description: "Cursor to the messages before those of a page" })) },
      responses: { 200: html("The conversation, for a browser"), 404: notShared },
    },
    ({ app, params: { secret }, query, request }) => pageAnswer(app, secret, query.before, request),
  ),
  route(
    "GET",
    "/share/:secret/events",
    {
      ...open,
      id: "share.events",
      summary: "Changes of a shared session",
      responses: {
        200: { description: "Stream of pieces of the page", schema: Type.String(), contentType: "text/event-stream" },
        404: notShared,
        503: json(ServiceUnavailableError, "Too many readers follow the page"),
      },
    },
    ({ app, params: { secret }, request }) => eventAnswer(app, secret, request),
  ),
]

async function pageAnswer(app: App, secret: string, before: string | undefined, request: Request): Promise<Response> {
  const shared = await findShared(app, secret)
  if (!shared) return missing()
  const page = await sharePage(shared.instance, shared.session, before)
  return withHeaders(await compressedResponse(page, HTML, request))
}

async function eventAnswer(app: App, secret: string, request: Request): Promise<Response> {
  const shared = await findShared(app, secret)
  return shared ? shareEvents(shared, secret, request) : missing()
}

const missing = () => withHeaders(textResponse(missingPage(), HTML, 404))

function withHeaders(response: Response): Response {
  for (const [name, value] of Object.entries(pageHeaders())) response.headers.set(name, value)
  return response
}

import { Type } from "@sinclair/typebox"
import { badRequest, tagged } from "../../base/error"
import type { App } from "../../instance/app"
import { type Instance, instanceDirectory } from "../../instance/instance"
import { createPty, getPty, hasPty, listPtys, removePty, updatePty } from "../../pty/pty"
import { listShells } from "../../pty/shell"
import { issueTicket, useTicket } from "../../pty/ticket"
import { PtyForbiddenError, PtyNotFoundError, TagForbidden } from "../../schema/error"
import { Pty, PtyTicketConnectToken } from "../../schema/pty"
import { done, empty, json } from "../answers"
import { namedDirectory, scopeQuery } from "../instance-scope"
import { ptySocket } from "../pty-socket"
import { type Route, route } from "../route"
import { requestURL } from "../route-path"
import type { Socket } from "../websocket"

const tags = ["pty"]
const params = { ptyID: Type.String({ pattern: "^pty" }) }
const unknownPty = json(PtyNotFoundError, "No such terminal, or it has ended")
const Shell = Type.Object({ path: Type.String(), name: Type.String(), acceptable: Type.Boolean() })
const cells = Type.Integer({ exclusiveMinimum: 0, maximum: 65535 })
/** Sent with a request for a ticket: a page of a foreign origin cannot send it without asking first. */
const TICKET_HEADER = "x-opencode-ticket"

export const ptyRoutes: Route[] = [
  route(
    "GET",
    "/pty/shells",
    {
      id: "pty.shells",
      tags,
      summary: "List shells",
      description: "The shells of this machine. An acceptable one can also run the commands of agents.",
      responses: { 200: json(Type.Array(Shell), "Shells") },
    },
    ({ instance }) => listShells(instance),
  ),
  route(
    "GET",
    "/pty",
    {
      id: "pty.list",
      tags,
      summary: "List terminals",
      description: "The terminals of the directory whose program runs.",
      responses: { 200: json(Type.Array(Pty), "Terminals") },
    },
    ({ instance }) => listPtys(instance),
  ),
  route(
    "POST",
    "/pty",
    {
      id: "pty.create",
      tags,
      summary: "Open a terminal",
      description: "Runs a program, by default the user's shell, in a new terminal.",
      body: Type.Object({
        command: Type.Optional(Type.String()),
        args: Type.Optional(Type.Array(Type.String())),
        cwd: Type.Optional(Type.String()),
        title: Type.Optional(Type.String()),
        env: Type.Optional(Type.Record(Type.String(), Type.String())),
      }),
      responses: { 200: json(Pty, "The terminal") },
    },
    ({ instance, body }) => createPty(instance, body),
  ),
  route(
    "GET",
    "/pty/:ptyID",
    {
      id: "pty.get",
      tags,
      summary: "Get a terminal",
      params,
      responses: { 200: json(Pty, "The terminal"), 404: unknownPty },
    },
    ({ instance, params }) => getPty(instance, params.ptyID),
  ),
  route(
    "PUT",
    "/pty/:ptyID",
    {
      id: "pty.update",
      tags,
      summary: "Rename or resize a terminal",
      params,
      body: Type.Object({
        title: Type.Optional(Type.String()),
        size: Type.Optional(Type.Object({ rows: cells, cols: cells })),
      }),
      responses: { 200: json(Pty, "The terminal"), 404: unknownPty },
    },
    ({ instance, params, body }) => updatePty(instance, params.ptyID, body),
  ),
  route(
    "DELETE",
    "/pty/:ptyID",
    {
      id: "pty.remove",
      tags,
      summary: "Close a terminal",
      description: "Ends all that runs in it.",
      params,
      responses: { 200: done("The terminal is closed"), 404: unknownPty },
    },
    ({ instance, params }) => removePty(instance, params.ptyID),
  ),
  route(
    "POST",
    "/pty/:ptyID/connect-token",
    {
      id: "pty.connectToken",
      tags,
      summary: "Get a ticket for a terminal's WebSocket",
      description: `Opens one connection within a minute, without a password. The header ${TICKET_HEADER}: 1 is asked for.`,
      params,
      responses: {
        200: json(PtyTicketConnectToken, "The ticket"),
        403: json(PtyForbiddenError, "The header is missing"),
        404: unknownPty,
      },
    },
    ({ instance, params, request }) => ticketFor(instance, params.ptyID, request),
  ),
  route(
    "GET",
    "/pty/:ptyID/connect",
    {
      id: "pty.connect",
      tags,
      // Without a password a ticket must not open anything but the terminal it is for: not even a directory.
      scope: "global",
      ticket: true,
      summary: "Connect to a terminal by WebSocket",
      description:
        'Text frames are output and key strokes. Output is replayed from the position `cursor` on (0: all that is kept; -1: none); a binary frame, a zero byte and `{"cursor": N}`, ends the replay.',
      params,
      query: { ...scopeQuery, cursor: Type.Optional(Type.String()), ticket: Type.Optional(Type.String()) },
      responses: {
        200: json(Type.Boolean(), "Connected"),
        403: json(TagForbidden, "No valid ticket"),
        404: empty("No such terminal, or it has ended"),
      },
    },
    (context) => connect(context, { ptyID: context.params.ptyID, ...context.query }),
  ),
]

function ticketFor(instance: Instance, ptyID: string, request: Request): PtyTicketConnectToken {
  if (request.headers.get(TICKET_HEADER) !== "1")
    throw tagged(403, "PtyForbiddenError", "Invalid PTY connect token request")
  return issueTicket(instance, getPty(instance, ptyID).id)
}

async function connect(
  { app, request, upgrade }: { app: App; request: Request; upgrade(socket: Socket): Response },
  { ptyID, cursor, ticket }: { ptyID: string; cursor?: string; ticket?: string },
): Promise<Response> {
  const directory = await instanceDirectory(
    app,
    await namedDirectory(app, requestURL(request).searchParams, request.headers),
  )
  if (ticket !== undefined) useTicket(app, ticket, { ptyID, directory })
  const position = readCursor(cursor)
  const instance: Instance | undefined = await app.instances.get(directory)
  if (!instance || instance.signal.aborted || !hasPty(instance, ptyID)) return new Response(null, { status: 404 })
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return new Response(null, { status: 400 })
  return upgrade(ptySocket(instance, ptyID, position))
}

function readCursor(text = "0"): number {
  const cursor = Number(text || 0)
  if (Number.isSafeInteger(cursor) && cursor >= -1) return cursor
  throw badRequest(`Expected a position or -1, got ${JSON.stringify(text)}\n  at ["cursor"]`, "Query")
}

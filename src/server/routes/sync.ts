import { Type } from "@sinclair/typebox"
import { badRequest, WireError } from "../../base/error"
import type { App } from "../../instance/app"
import { type Instance, instanceDirectory, openInstance } from "../../instance/instance"
import { MoveSessionError, VcsApplyError } from "../../schema/error"
import { MoveSessionDestination } from "../../schema/workspace"
import { moveSession } from "../../session/move"
import { type SyncEvent, syncHistory } from "../../session/sync-history"
import { replaySession } from "../../session/sync-replay"
import { syncWorkspaces, workspaceOf } from "../../vcs/workspace"
import { done, empty, json, notFoundAnswer } from "../answers"
import { type Route, route } from "../route"

const tags = ["sync"]
const id = Type.String({ pattern: "^evt_" })
const seq = Type.Integer({ minimum: 0 })
const data = Type.Object({}, { additionalProperties: true })
const sessionID = Type.String({ pattern: "^ses" })
const Known = Type.Record(Type.String(), seq)
const HistoryEvent = Type.Object({ id, aggregate_id: Type.String(), seq, type: Type.String(), data })
const ReplayedEvent = Type.Object({ id, aggregateID: Type.String(), seq, type: Type.String(), data })

export const syncRoutes: Route[] = [
  route(
    "POST",
    "/sync/start",
    {
      id: "sync.start",
      tags,
      summary: "Start to sync workspaces",
      description: "All workspaces are on this machine and share its database; worktrees without an id get one.",
      responses: { 200: done("The workspaces are in sync") },
    },
    ({ instance }) => syncWorkspaces(instance),
  ),
  route(
    "POST",
    "/sync/history",
    {
      id: "sync.history.list",
      tags,
      summary: "List changes for a copy",
      description:
        "What changed in the sessions of the directory after the numbers the copy knows, by session; all of the others. Each thing comes once, in its present state.",
      body: Known,
      responses: { 200: json(Type.Array(HistoryEvent), "Changes") },
    },
    ({ app, instance, body }) => streamedList(app, syncHistory(instance, body)),
  ),
  route(
    "POST",
    "/sync/replay",
    {
      id: "sync.replay",
      tags,
      refusal: "tag",
      summary: "Store a session from its history",
      description:
        "The complete history of one session, in place of an older state of it. It belongs to `directory` then.",
      body: Type.Object({ directory: Type.String(), events: Type.Array(ReplayedEvent, { minItems: 1 }) }),
      responses: { 200: json(Type.Object({ sessionID: Type.String() }), "The session") },
    },
    async ({ app, body }) => ({
      sessionID: (await replaySession(await openInstance(app, body.directory), body.events)).id,
    }),
  ),
  route(
    "POST",
    "/sync/steal",
    {
      id: "sync.steal",
      tags,
      refusal: "tag",
      summary: "Take a session over",
      description: "Moves a session into the workspace that the directory of the request is in.",
      body: Type.Object({ sessionID }),
      responses: { 200: json(Type.Object({ sessionID }), "The session"), 404: notFoundAnswer },
    },
    ({ instance, body }) => takeOver(instance, body.sessionID),
  ),
  route(
    "POST",
    "/experimental/control-plane/move-session",
    {
      id: "experimental.controlPlane.moveSession",
      tags: ["controlPlane"],
      scope: "global",
      summary: "Move a session",
      description: "To another directory, if asked for with the changes that were not committed.",
      body: Type.Object({
        sessionID,
        destination: MoveSessionDestination,
        moveChanges: Type.Optional(Type.Boolean()),
      }),
      responses: {
        204: empty("The session is there"),
        400: json(Type.Union([MoveSessionError, VcsApplyError]), "It cannot be moved"),
      },
    },
    ({ app, body }) => moveTo(app, body.sessionID, body.destination.directory, body.moveChanges),
  ),
]

async function takeOver(instance: Instance, sessionID: string): Promise<{ sessionID: string }> {
  const workspace = await workspaceOf(instance)
  if (!workspace) throw badRequest("The directory is in no workspace that could take the session", "Query")
  await moveSession(instance, sessionID, { workspaceID: workspace.id }).catch((error: unknown) => {
    throw error instanceof WireError && error.status === 409 ? badRequest(error.message, "Payload") : error
  })
  return { sessionID }
}

async function moveTo(app: App, sessionID: string, directory: string, withChanges = false): Promise<void> {
  const target = await openInstance(app, await instanceDirectory(app, directory))
  await moveSession(target, sessionID, withChanges ? { changes: "move" } : {}).catch((error: unknown) => {
    throw error instanceof WireError ? moveError(error.message) : error
  })
}

const moveError = (message: string) => new WireError(400, { name: "MoveSessionError", data: { message } }, message)

/** A list that may be long, sent while it is read. */
function streamedList({ log }: App, events: AsyncGenerator<SyncEvent>): Response {
  const encoder = new TextEncoder()
  let separator = "["
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await events.next()
        controller.enqueue(encoder.encode(done ? (separator === "[" ? "[]" : "]") : separator + JSON.stringify(value)))
        separator = ","
        if (done) controller.close()
      } catch (error) {
        log.error("The changes of a directory could not be read to their end", { error })
        // Without a reason, which is in the log: Bun would print it with a source line.
        controller.error()
      }
    },
    cancel: () => void events.return(undefined),
  })
  return new Response(body, { headers: { "content-type": "application/json" } })
}

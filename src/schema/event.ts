import { type Static, type TObject, Type } from "@sinclair/typebox"
import { Message } from "./message"
import { Part } from "./part"
import { PermissionRequest } from "./permission"
import { Project } from "./project"
import { Pty } from "./pty"
import { QuestionAnswer, QuestionRequest } from "./question"
import { RunError } from "./run-error"
import { Session, SessionStatus } from "./session"
import { SnapshotFileDiff } from "./snapshot"
import { Todo } from "./todo"

const sessionID = Type.String({ pattern: "^ses" })
const messageID = Type.String({ pattern: "^msg" })
const partID = Type.String({ pattern: "^prt" })

/** Every event of a bus: its type and the shape of its properties. One line here and one `publish` make a new event. */
export const eventProperties = {
  "catalog.updated": Type.Object({}),
  "command.executed": Type.Object({ name: Type.String(), sessionID, arguments: Type.String(), messageID }),
  "file.edited": Type.Object({ file: Type.String() }),
  "file.watcher.updated": Type.Object({
    file: Type.String(),
    event: Type.Union([Type.Literal("add"), Type.Literal("change"), Type.Literal("unlink")]),
  }),
  "global.disposed": Type.Object({}),
  "installation.update-available": Type.Object({ version: Type.String() }),
  "installation.updated": Type.Object({ version: Type.String() }),
  "integration.updated": Type.Object({}),
  "lsp.client.diagnostics": Type.Object({ serverID: Type.String(), path: Type.String() }),
  "lsp.updated": Type.Object({}),
  "mcp.browser.open.failed": Type.Object({ mcpName: Type.String(), url: Type.String() }),
  "mcp.tools.changed": Type.Object({ server: Type.String() }),
  "message.part.delta": Type.Object({ sessionID, messageID, partID, field: Type.String(), delta: Type.String() }),
  "message.part.removed": Type.Object({ sessionID, messageID, partID }),
  "message.part.updated": Type.Object({ sessionID, part: Part, time: Type.Number() }),
  "message.removed": Type.Object({ sessionID, messageID }),
  "message.updated": Type.Object({ sessionID, info: Message }),
  "permission.asked": Type.Object(PermissionRequest.properties),
  "permission.replied": Type.Object({
    sessionID,
    requestID: Type.String({ pattern: "^per" }),
    reply: Type.Union([Type.Literal("once"), Type.Literal("always"), Type.Literal("reject")]),
  }),
  "project.updated": Type.Object(Project.properties),
  "pty.created": Type.Object({ info: Pty }),
  "pty.deleted": Type.Object({ id: Type.String({ pattern: "^pty" }) }),
  "pty.exited": Type.Object({ id: Type.String({ pattern: "^pty" }), exitCode: Type.Integer() }),
  "pty.updated": Type.Object({ info: Pty }),
  "question.asked": Type.Object(QuestionRequest.properties),
  "question.rejected": Type.Object({ sessionID, requestID: Type.String({ pattern: "^que" }) }),
  "question.replied": Type.Object({
    sessionID,
    requestID: Type.String({ pattern: "^que" }),
    answers: Type.Array(QuestionAnswer),
  }),
  "reference.updated": Type.Object({}),
  "server.connected": Type.Object({}),
  "server.heartbeat": Type.Object({}),
  "server.instance.disposed": Type.Object({ directory: Type.String() }),
  "session.compacted": Type.Object({ sessionID }),
  "session.created": Type.Object({ sessionID, info: Session }),
  "session.deleted": Type.Object({ sessionID, info: Session }),
  "session.diff": Type.Object({ sessionID, diff: Type.Array(SnapshotFileDiff) }),
  "session.error": Type.Object({ sessionID: Type.Optional(sessionID), error: Type.Optional(RunError) }),
  "session.idle": Type.Object({ sessionID }),
  "session.status": Type.Object({ sessionID, status: SessionStatus }),
  "session.updated": Type.Object({ sessionID, info: Session }),
  "todo.updated": Type.Object({ sessionID, todos: Type.Array(Todo) }),
  "tui.command.execute": Type.Object({ command: Type.Optional(Type.String()) }),
  "tui.prompt.append": Type.Object({ text: Type.String() }),
  "tui.session.select": Type.Object({ sessionID }),
  "tui.toast.show": Type.Object({
    message: Type.String(),
    variant: Type.Union([
      Type.Literal("info"),
      Type.Literal("success"),
      Type.Literal("warning"),
      Type.Literal("error"),
    ]),
    title: Type.Optional(Type.String()),
    duration: Type.Optional(Type.Integer({ exclusiveMinimum: 0 })),
  }),
  "vcs.branch.updated": Type.Object({ branch: Type.Optional(Type.String()) }),
  "worktree.failed": Type.Object({ message: Type.String() }),
  "worktree.ready": Type.Object({ name: Type.String(), branch: Type.Optional(Type.String()) }),
} as const satisfies Record<string, TObject>

export type EventType = keyof typeof eventProperties
export type EventProperties<T extends EventType> = Static<(typeof eventProperties)[T]>

/** One thing that happened, as it travels on a bus and in the `data:` line of an event stream. */
export type Event = { [T in EventType]: { id: string; type: T; properties: EventProperties<T> } }[EventType]

/** The stored nouns' events. They carry a `seq`, can be replayed, and have a second, `sync` form on the global stream. */
export const durableEvents: ReadonlySet<EventType> = new Set<EventType>([
  "session.created",
  "session.updated",
  "session.deleted",
  "message.updated",
  "message.removed",
  "message.part.updated",
  "message.part.removed",
])

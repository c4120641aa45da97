import { Type } from "@sinclair/typebox"
import { runCommand } from "../../agent/run-command"
import { runUserShell } from "../../agent/shell"
import { summarizeSession } from "../../agent/summarize"
import { SessionBusyError } from "../../schema/error"
import { MessageEntry } from "../../schema/message-entry"
import { FilePartInput } from "../../schema/part-input"
import { ModelReference } from "../../schema/prompt"
import { Session } from "../../schema/session"
import { SnapshotFileDiff } from "../../schema/snapshot"
import { abortSession } from "../../session/abort"
import { forkSession } from "../../session/fork"
import { revertSession, unrevertSession } from "../../session/revert"
import { shareNewSession } from "../../session/share"
import { sessionDiff } from "../../session/summary"
import { done, json, notFoundAnswer } from "../answers"
import { requestOrigin } from "../request-origin"
import { route } from "../route"

const tags = ["session"]
const params = { sessionID: Type.String({ pattern: "^ses" }) }
const messageID = Type.String({ pattern: "^msg" })
const busy = json(SessionBusyError, "The session is busy")

export const sessionActionRoutes = [
  route(
    "POST",
    "/session/:sessionID/abort",
    {
      id: "session.abort",
      tags,
      summary: "Abort session",
      description: "Answers when the session is idle, with everything it had begun settled. Idle and unknown ones too.",
      params,
      responses: { 200: done("The session is idle") },
    },
    ({ instance, params: { sessionID } }) => abortSession(instance, sessionID),
  ),
  route(
    "POST",
    "/session/:sessionID/fork",
    {
      id: "session.fork",
      tags,
      summary: "Fork session",
      description: "A new session with the messages before `messageID`, or with all of them.",
      scope: "session",
      refusal: "tag",
      params,
      body: Type.Optional(Type.Object({ messageID: Type.Optional(messageID) })),
      responses: { 200: json(Session, "The new session"), 404: notFoundAnswer },
    },
    async ({ instance, params: { sessionID }, body, request }) =>
      shareNewSession(instance, await forkSession(instance, sessionID, body?.messageID), requestOrigin(request)),
  ),
  route(
    "GET",
    "/session/:sessionID/diff",
    {
      id: "session.diff",
      tags,
      summary: "Get message diff",
      description: "What the session changed in files, or what one turn did with the id of its user message.",
      params,
      query: { messageID: Type.Optional(messageID) },
      responses: { 200: json(Type.Array(SnapshotFileDiff), "Changed files") },
    },
    ({ instance, params: { sessionID }, query }) => sessionDiff(instance, sessionID, query.messageID),
  ),
  route(
    "POST",
    "/session/:sessionID/summarize",
    {
      id: "session.summarize",
      tags,
      summary: "Summarize session",
      description: "Replaces the conversation so far, for the model, by a summary. Answers when that is done.",
      scope: "session",
      waits: true,
      params,
      body: Type.Object({ ...ModelReference.properties, auto: Type.Optional(Type.Boolean()) }),
      responses: { 200: done("It is summarized"), 404: notFoundAnswer },
    },
    ({ instance, params: { sessionID }, body }) => summarizeSession(instance, sessionID, body),
  ),
  route(
    "POST",
    "/session/:sessionID/init",
    {
      id: "session.init",
      tags,
      summary: "Initialize session",
      description: "Lets the agent look at the project and write AGENTS.md. Answers when that is done.",
      scope: "session",
      waits: true,
      params,
      // The order in which what is missing is told.
      body: Type.Object({ modelID: Type.String(), providerID: Type.String(), messageID }),
      responses: { 200: done("It is written"), 404: notFoundAnswer },
    },
    ({ instance, params: { sessionID }, body: { messageID, providerID, modelID } }) =>
      runCommand(instance, sessionID, {
        command: "init",
        arguments: "",
        messageID,
        model: `${providerID}/${modelID}`,
      }),
  ),
  route(
    "POST",
    "/session/:sessionID/command",
    {
      id: "session.command",
      tags,
      summary: "Send command",
      description: "Runs a slash command and waits for the answer.",
      scope: "session",
      waits: true,
      params,
      body: Type.Object({
        arguments: Type.String(),
        command: Type.String(),
        messageID: Type.Optional(messageID),
        agent: Type.Optional(Type.String()),
        model: Type.Optional(Type.String()),
        variant: Type.Optional(Type.String()),
        parts: Type.Optional(Type.Array(FilePartInput)),
      }),
      responses: { 200: json(MessageEntry, "The last message of the run"), 404: notFoundAnswer },
    },
    ({ instance, params: { sessionID }, body }) => runCommand(instance, sessionID, body),
  ),
  route(
    "POST",
    "/session/:sessionID/shell",
    {
      id: "session.shell",
      tags,
      summary: "Run shell command",
      description: "Runs a command of the user and stores it with its output; no model is asked.",
      scope: "session",
      waits: true,
      params,
      body: Type.Object({
        agent: Type.String(),
        command: Type.String(),
        model: Type.Optional(ModelReference),
        messageID: Type.Optional(messageID),
      }),
      responses: { 200: json(MessageEntry, "The command with its output"), 404: notFoundAnswer, 409: busy },
    },
    ({ instance, params: { sessionID }, body }) => runUserShell(instance, sessionID, body),
  ),
  route(
    "POST",
    "/session/:sessionID/revert",
    {
      id: "session.revert",
      tags,
      summary: "Revert message",
      description: "Takes a message and what follows it back, with the files. The next prompt makes it final.",
      scope: "session",
      params,
      body: Type.Object({ messageID, partID: Type.Optional(Type.String({ pattern: "^prt" })) }),
      responses: { 200: json(Session, "The session as it is now"), 404: notFoundAnswer, 409: busy },
    },
    ({ instance, params: { sessionID }, body }) => revertSession(instance, sessionID, body),
  ),
  route(
    "POST",
    "/session/:sessionID/unrevert",
    {
      id: "session.unrevert",
      tags,
      summary: "Restore reverted messages",
      scope: "session",
      params,
      responses: { 200: json(Session, "The session as it is now"), 404: notFoundAnswer, 409: busy },
    },
    ({ instance, params: { sessionID } }) => unrevertSession(instance, sessionID),
  ),
]

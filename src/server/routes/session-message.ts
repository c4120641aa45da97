import { Type } from "@sinclair/typebox"
import { prompt, promptLater } from "../../agent/prompt"
import { SessionBusyError } from "../../schema/error"
import { MessageEntry } from "../../schema/message-entry"
import { Part } from "../../schema/part"
import { PromptBody } from "../../schema/prompt"
import { getMessage, pageMessages, removeMessage, removePart, updatePart } from "../../session/message"
import { done, empty, json, notFoundAnswer } from "../answers"
import { pageAnswer } from "../page-answer"
import { route } from "../route"

const tags = ["session"]
const sessionParams = { sessionID: Type.String({ pattern: "^ses" }) }
const messageParams = { ...sessionParams, messageID: Type.String({ pattern: "^msg" }) }
const partParams = { ...messageParams, partID: Type.String({ pattern: "^prt" }) }

export const sessionMessageRoutes = [
  route(
    "GET",
    "/session/:sessionID/message",
    {
      id: "session.messages",
      tags,
      summary: "Get session messages",
      description:
        "Oldest first. With `limit` the newest of them; the headers `Link` and `X-Next-Cursor` then lead to the older ones.",
      scope: "session",
      params: sessionParams,
      query: { limit: Type.Optional(Type.Integer({ minimum: 0 })), before: Type.Optional(Type.String()) },
      responses: { 200: json(Type.Array(MessageEntry), "Messages with their parts"), 404: notFoundAnswer },
    },
    async ({ instance, params: { sessionID }, query, request }) =>
      pageAnswer(request, await pageMessages(instance, sessionID, query)),
  ),
  route(
    "POST",
    "/session/:sessionID/message",
    {
      id: "session.prompt",
      tags,
      summary: "Send message",
      description: "Sends a prompt and waits for the answer: the last message of the run.",
      scope: "session",
      waits: true,
      params: sessionParams,
      body: PromptBody,
      responses: { 200: json(MessageEntry, "The answer"), 404: notFoundAnswer },
    },
    ({ instance, params: { sessionID }, body }) => prompt(instance, sessionID, body),
  ),
  route(
    "POST",
    "/session/:sessionID/prompt_async",
    {
      id: "session.prompt_async",
      tags,
      summary: "Send async message",
      description: "Sends a prompt without waiting. What becomes of it is told by events.",
      scope: "session",
      params: sessionParams,
      body: PromptBody,
      responses: { 204: empty("The prompt is accepted"), 404: notFoundAnswer },
    },
    ({ instance, params: { sessionID }, body }) => promptLater(instance, sessionID, body),
  ),
  route(
    "GET",
    "/session/:sessionID/message/:messageID",
    {
      id: "session.message",
      tags,
      summary: "Get message",
      scope: "session",
      params: messageParams,
      responses: { 200: json(MessageEntry, "The message with its parts"), 404: notFoundAnswer },
    },
    ({ instance, params: { sessionID, messageID } }) => getMessage(instance, sessionID, messageID),
  ),
  route(
    "DELETE",
    "/session/:sessionID/message/:messageID",
    {
      id: "session.deleteMessage",
      tags,
      summary: "Delete message",
      scope: "session",
      params: messageParams,
      responses: {
        200: done("It is gone"),
        404: notFoundAnswer,
        409: json(SessionBusyError, "The session is busy"),
      },
    },
    ({ instance, params: { sessionID, messageID } }) => removeMessage(instance, sessionID, messageID),
  ),
  route(
    "PATCH",
    "/session/:sessionID/message/:messageID/part/:partID",
    {
      id: "part.update",
      tags,
      summary: "Update part",
      description: "Replaces a part, or creates it. The ids in the body must be those of the path.",
      scope: "session",
      params: partParams,
      body: Part,
      responses: { 200: json(Part, "The part"), 404: notFoundAnswer },
    },
    ({ instance, params, body }) => updatePart(instance, params, body),
  ),
  route(
    "DELETE",
    "/session/:sessionID/message/:messageID/part/:partID",
    {
      id: "part.delete",
      tags,
      summary: "Delete part",
      scope: "session",
      params: partParams,
      responses: { 200: done("It is gone"), 404: notFoundAnswer },
    },
    ({ instance, params }) => removePart(instance, params),
  ),
]

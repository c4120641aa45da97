import { Type } from "@sinclair/typebox"
import { listQuestions, rejectQuestion, replyQuestion } from "../../question/question"
import { QuestionNotFoundError } from "../../schema/error"
import { QuestionAnswer, QuestionRequest } from "../../schema/question"
import { done, json } from "../answers"
import { type Route, route } from "../route"

const params = { requestID: Type.String({ pattern: "^que" }) }
const unknownRequest = json(QuestionNotFoundError, "No such request")

export const questionRoutes: Route[] = [
  route(
    "GET",
    "/question",
    {
      id: "question.list",
      tags: ["question"],
      summary: "List pending questions",
      description: "The questions of the directory that wait for an answer.",
      responses: { 200: json(Type.Array(QuestionRequest), "Pending questions") },
    },
    ({ instance }) => listQuestions(instance),
  ),
  route(
    "POST",
    "/question/:requestID/reply",
    {
      id: "question.reply",
      tags: ["question"],
      summary: "Answer a question",
      description: "One list of chosen labels for each question of the request, in its order.",
      params,
      body: Type.Object({ answers: Type.Array(QuestionAnswer) }),
      responses: { 200: done("The answers were taken"), 404: unknownRequest },
    },
    ({ instance, params, body }) => replyQuestion(instance, params.requestID, body.answers),
  ),
  route(
    "POST",
    "/question/:requestID/reject",
    {
      id: "question.reject",
      tags: ["question"],
      summary: "Dismiss a question",
      description: "The tool that asked is told that the user did not want to answer.",
      params,
      responses: { 200: done("The question was dismissed"), 404: unknownRequest },
    },
    ({ instance, params }) => rejectQuestion(instance, params.requestID),
  ),
]

import { type TSchema, Type } from "@sinclair/typebox"
import { badRequest } from "../../base/error"
import { eventProperties } from "../../schema/event"
import { answerTui, nextTuiRequest } from "../../tui/control"
import { commandEvent, driveTui, sessionEvent, type TuiEvent } from "../../tui/tui"
import { done, json, notFoundAnswer } from "../answers"
import { type Route, route } from "../route"

const tags = ["tui"]
const Toast = eventProperties["tui.toast.show"]
const Command = Type.Object({ command: Type.String() })

const eventInput = <T extends TuiEvent["type"], P extends TSchema>(type: T, name: string, properties: P) =>
  Type.Object({ type: Type.Literal(type), properties }, { $id: `EventTui${name}` })

const Publish = Type.Union([
  eventInput("tui.prompt.append", "PromptAppend", eventProperties["tui.prompt.append"]),
  eventInput("tui.command.execute", "CommandExecute", Command),
  eventInput("tui.toast.show", "ToastShow", Toast),
  eventInput("tui.session.select", "SessionSelect", eventProperties["tui.session.select"]),
])

/** A route without a body that makes clients run a command. */
const commandRoute = (name: string, id: string, summary: string, command: string) =>
  route(
    "POST",
    `/tui/${name}`,
    { id, tags, summary, responses: { 200: done("The clients were told") } },
    ({ instance }) =>
      driveTui(instance, { type: "tui.command.execute", properties: { command } }, { path: `/tui/${name}`, body: {} }),
  )

export const tuiRoutes: Route[] = [
  route(
    "POST",
    "/tui/append-prompt",
    {
      id: "tui.appendPrompt",
      tags,
      summary: "Append to the prompt",
      body: Type.Object({ text: Type.String() }),
      responses: { 200: done("The clients were told") },
    },
    ({ instance, body }) =>
      driveTui(instance, { type: "tui.prompt.append", properties: body }, { path: "/tui/append-prompt", body }),
  ),
  commandRoute("open-help", "tui.openHelp", "Open the help", "help.show"),
  commandRoute("open-sessions", "tui.openSessions", "Open the list of sessions", "session.list"),
  commandRoute("open-themes", "tui.openThemes", "Open the list of themes", "theme.list"),
  commandRoute("open-models", "tui.openModels", "Open the list of models", "model.list"),
  commandRoute("submit-prompt", "tui.submitPrompt", "Submit the prompt", "prompt.submit"),
  commandRoute("clear-prompt", "tui.clearPrompt", "Clear the prompt", "prompt.clear"),
  route(
    "POST",
    "/tui/execute-command",
    {
      id: "tui.executeCommand",
      tags,
      summary: "Run a command",
      description: "By its old name, as agent_cycle. A new one, as agent.cycle, goes through /tui/publish.",
      body: Command,
      responses: { 200: done("The clients were told") },
    },
    ({ instance, body }) => driveTui(instance, commandEvent(body.command), { path: "/tui/execute-command", body }),
  ),
  route(
    "POST",
    "/tui/show-toast",
    {
      id: "tui.showToast",
      tags,
      summary: "Show a toast",
      description: "A short note, for `duration` milliseconds (5000).",
      body: Toast,
      responses: { 200: done("The clients were told") },
    },
    ({ instance, body }) =>
      driveTui(instance, { type: "tui.toast.show", properties: body }, { path: "/tui/show-toast", body }),
  ),
  route(
    "POST",
    "/tui/publish",
    {
      id: "tui.publish",
      tags,
      summary: "Publish an event for terminal clients",
      body: Publish,
      responses: { 200: done("The clients were told") },
    },
    ({ instance, body }) => driveTui(instance, body, { path: "/tui/publish", body }),
  ),
  route(
    "POST",
    "/tui/select-session",
    {
      id: "tui.selectSession",
      tags,
      summary: "Show a session",
      body: eventProperties["tui.session.select"],
      responses: { 200: done("The clients were told"), 404: notFoundAnswer },
    },
    async ({ instance, body }) =>
      driveTui(instance, await sessionEvent(instance, body.sessionID), { path: "/tui/select-session", body }),
  ),
  route(
    "GET",
    "/tui/control/next",
    {
      id: "tui.control.next",
      tags,
      waits: true,
      summary: "Wait for the next request",
      description:
        "For terminal clients that do not listen to events: waits until one of the other /tui routes is called. The caller waits for the answer to /tui/control/response.",
      responses: { 200: json(Type.Object({ path: Type.String(), body: Type.Unknown() }), "The request") },
    },
    ({ instance, request }) => nextTuiRequest(instance, request.signal),
  ),
  route(
    "POST",
    "/tui/control/response",
    {
      id: "tui.control.response",
      tags,
      summary: "Answer a request",
      description:
        '`false`, also as `{"body": false}`, tells the caller that it could not be done; all else that it was.',
      body: Type.Unknown(),
      responses: { 200: done("The answer was taken") },
    },
    ({ instance, body, request }) => answerTui(instance, readAnswer(body, request)),
  ),
]

function readAnswer(body: unknown, request: Request): boolean {
  if (request.body === null) throw badRequest("Expected JSON value, got undefined", "Payload")
  const answer = typeof body === "object" && body !== null && "body" in body ? body.body : body
  return answer !== false
}

import { badRequest, errorMessage } from "../base/error"
import { newCallID, newID } from "../base/id"
import type { Instance } from "../instance/instance"
import type { AssistantMessage, UserMessage } from "../schema/message"
import type { ToolPart } from "../schema/part"
import type { ModelReference } from "../schema/prompt"
import { withNewMessage } from "../session/message"
import { record } from "../session/record"
import { afterRevert } from "../session/revert"
import { getSession } from "../session/session"
import { type Run, requireIdle, setStatus, startRun } from "../session/status"
import type { MessageWithParts } from "../store/store"
import { runShell } from "../tool/shell-run"
import { getAgent } from "./agent"
import { publishingFailure } from "./failure"
import { newAssistantMessage, newUserMessage } from "./new-message"
import { showProgress } from "./progress"
import { chosenModel } from "./prompt"

export interface ShellRequest {
  agent: string
  command: string
  model?: ModelReference
  messageID?: string
}

/**
 * Runs a command of the user in the session's directory and stores it as a `bash` call, so that the model sees it later; no
 * model is asked. Throws 404 for an unknown session or agent (the latter is published as `session.error` too), 409 while the
 * session is busy, 400 for a message id that is taken.
 */
export async function runUserShell(
  instance: Instance,
  sessionID: string,
  request: ShellRequest,
): Promise<MessageWithParts> {
  if (request.command.includes("\0")) throw badRequest("A command cannot hold a NUL character", "Payload")
  const session = await getSession(instance.app, sessionID)
  requireIdle(instance, sessionID)
  const agent = await publishingFailure(instance, sessionID, () => getAgent(instance, request.agent))
  const model = await chosenModel(instance, session, { given: request.model, agent })
  const id = request.messageID ?? newID("message")
  const { done } = startRun(instance, sessionID, async (run) => {
    setStatus(instance, run, { type: "busy" })
    const call = { id, sessionID, agent: agent.name, model, command: request.command }
    const { message, part } = await withNewMessage(instance, { sessionID, id }, () =>
      afterRevert(instance, session, () => storeCall(instance, call)),
    )
    return finishCall(instance, run, { message, part, command: request.command })
  })
  return done
}

interface ShellCall {
  /** Of the user message. */
  id: string
  sessionID: string
  agent: string
  model: ModelReference
  command: string
}

async function storeCall(instance: Instance, { id, sessionID, agent, model, command }: ShellCall) {
  const user: UserMessage = {
    ...newUserMessage(instance, { sessionID, agent, model }),
    id,
  }
  const text = {
    id: newID("part"),
    sessionID,
    messageID: user.id,
    type: "text" as const,
    text: "I ran this command myself:",
    synthetic: true,
  }
  const message = newAssistantMessage(instance, { user, agent, model })
  const part: ToolPart = {
    id: newID("part"),
    sessionID,
    messageID: message.id,
    type: "tool",
    tool: "bash",
    callID: newCallID(),
    state: { status: "running", input: { command }, time: { start: message.time.created } },
  }
  await record(instance, [
    { type: "message.updated", info: user },
    { type: "message.part.updated", part: text },
    // Copies: `finishCall` changes these.
    { type: "message.updated", info: { ...message } },
    { type: "message.part.updated", part: { ...part } },
  ])
  return { message, part }
}

async function finishCall(
  instance: Instance,
  run: Run,
  { message, part, command }: { message: AssistantMessage; part: ToolPart; command: string },
): Promise<MessageWithParts> {
  const ran = await runShell(instance, {
    command,
    cwd: instance.directory,
    signal: run.abort.signal,
    onOutput: (output) => showProgress(instance, part, { metadata: { output } }),
  }).catch((error) => ({ failure: errorMessage(error) }))
  const { input } = part.state
  const time = { start: message.time.created, end: instance.app.now() }
  if ("failure" in ran) part.state = { status: "error", input, error: ran.failure, time }
  else {
    const note = run.abort.signal.aborted ? "\n\n<metadata>\nUser aborted the command\n</metadata>" : ""
    const output = `${ran.text}${note}`
    part.state = { status: "completed", input, output, title: "", metadata: { output }, time }
  }
  message.time = { ...message.time, completed: time.end }
  await record(instance, [
    { type: "message.updated", info: message },
    { type: "message.part.updated", part },
  ])
  return { info: message, parts: [part] }
}

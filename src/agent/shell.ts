import { newCallID, newID } from "../base/id"
import type { Instance } from "../instance/instance"
import type { AssistantMessage, UserMessage } from "../schema/message"
import type { ToolPart } from "../schema/part"
import type { ModelReference } from "../schema/prompt"
import { saveMessage, savePart } from "../session/message"
import { record } from "../session/record"
import { cleanupRevert } from "../session/revert"
import { getSession } from "../session/session"
import { type Run, requireIdle, setStatus, startRun } from "../session/status"
import type { MessageWithParts } from "../store/store"
import { runShell } from "../tool/shell-run"
import { getAgent } from "./agent"
import { newAssistantMessage, newUserMessage } from "./new-message"
import { chosenModel } from "./prompt"

export interface ShellRequest {
  agent: string
  command: string
  model?: ModelReference
  messageID?: string
}

/**
 * Runs a command of the user in the session's directory and stores it as a `bash` call, so that the model sees it later; no
 * model is asked. Throws 404 for an unknown session or agent, 409 while the session is busy.
 */
export async function runUserShell(
  instance: Instance,
  sessionID: string,
  request: ShellRequest,
): Promise<MessageWithParts> {
  const session = await getSession(instance.app, sessionID)
  requireIdle(instance, sessionID)
  const agent = await getAgent(instance, request.agent)
  const model = await chosenModel(instance, session, { given: request.model, agent })
  const { done } = startRun(instance, sessionID, async (run) => {
    setStatus(instance, run, { type: "busy" })
    await cleanupRevert(instance, session)
    const { message, part } = await storeCall(instance, { sessionID, agent: agent.name, model, request })
    return finishCall(instance, run, { message, part, command: request.command })
  })
  return done
}

interface ShellCall {
  sessionID: string
  agent: string
  model: ModelReference
  request: ShellRequest
}

async function storeCall(instance: Instance, { sessionID, agent, model, request }: ShellCall) {
  const user: UserMessage = {
    ...newUserMessage(instance, { sessionID, agent, model }),
    ...(request.messageID && { id: request.messageID }),
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
    state: { status: "running", input: { command: request.command }, time: { start: message.time.created } },
  }
  await record(instance, [
    { type: "message.updated", info: user },
    { type: "message.part.updated", part: text },
    { type: "message.updated", info: message },
    { type: "message.part.updated", part },
  ])
  return { message, part }
}

async function finishCall(
  instance: Instance,
  run: Run,
  { message, part, command }: { message: AssistantMessage; part: ToolPart; command: string },
): Promise<MessageWithParts> {
  const { input } = part.state
  const start = message.time.created
  const result = await runShell(instance, {
    command,
    cwd: instance.directory,
    signal: run.abort.signal,
    onOutput(output) {
      if (part.state.status !== "running") return
      part.state = { ...part.state, metadata: { output } }
      void savePart(instance, part)
    },
  })
  const note = run.abort.signal.aborted ? "\n\n<metadata>\nUser aborted the command\n</metadata>" : ""
  const output = `${result.text}${note}`
  const end = instance.app.now()
  part.state = { status: "completed", input, output, title: "", metadata: { output }, time: { start, end } }
  message.time = { ...message.time, completed: end }
  await saveMessage(instance, message)
  await savePart(instance, part)
  return { info: message, parts: [part] }
}

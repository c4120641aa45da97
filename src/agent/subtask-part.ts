import { errorMessage } from "../base/error"
import { newCallID, newID } from "../base/id"
import type { Instance } from "../instance/instance"
import type { Agent } from "../schema/agent"
import type { UserMessage } from "../schema/message"
import type { SubtaskPart, TextPart, ToolPart } from "../schema/part"
import type { Model } from "../schema/provider"
import { saveMessage, savePart } from "../session/message"
import { record } from "../session/record"
import { ABORTED } from "../session/settle"
import type { Run } from "../session/status"
import { runTool } from "../tool/registry"
import { taskTool } from "../tool/task"
import type { ToolContext } from "../tool/tool"
import { newAssistantMessage, newUserMessage } from "./new-message"
import { showProgress } from "./progress"
import { runSubtask } from "./subtask"

interface SubtaskPartInput {
  user: UserMessage
  subtask: SubtaskPart
  agent: Agent
  model: Model
}

/**
 * Answers a prompt's subtask part: an assistant message with one `task` call that runs the child, as if the model had asked
 * for it, and then a request to the model to go on.
 */
export async function runSubtaskPart(instance: Instance, run: Run, input: SubtaskPartInput): Promise<void> {
  const { user, subtask, agent, model } = input
  const { app } = instance
  const message = newAssistantMessage(instance, {
    user,
    agent: subtask.agent,
    model: subtask.model ?? { providerID: model.providerID, modelID: model.id },
  })
  const args = {
    prompt: subtask.prompt,
    description: subtask.description,
    subagent_type: subtask.agent,
    ...(subtask.command && { command: subtask.command }),
  }
  const start = app.now()
  const part: ToolPart = {
    id: newID("part"),
    sessionID: user.sessionID,
    messageID: message.id,
    type: "tool",
    tool: taskTool.id,
    callID: newCallID(),
    state: { status: "running", input: args, time: { start } },
  }
  await record(instance, [
    { type: "message.updated", info: { ...message } },
    { type: "message.part.updated", part: { ...part } },
  ])
  part.state = await runTask(run, part, {
    instance,
    agent,
    sessionID: user.sessionID,
    messageID: message.id,
    callID: part.callID,
    signal: run.abort.signal,
    seenInstructions: new Set(),
    // The user asked for it by name.
    ask: async () => {},
    progress: (update) => showProgress(instance, part, update),
    runSubtask: (task) => runSubtask(instance, { task, parent: message, signal: run.abort.signal }),
  })
  await savePart(instance, part)
  const aborted = run.abort.signal.aborted
  if (aborted) message.error = ABORTED
  else message.finish = "tool-calls"
  message.time = { ...message.time, completed: app.now() }
  await saveMessage(instance, message)
  // The call of a subtask in the background says itself what to do meanwhile; there is no report yet.
  const detached = part.state.status === "completed" && part.state.metadata.background === true
  if (!aborted && !detached) await askToGoOn(instance, user)
}

async function runTask(run: Run, part: ToolPart, context: ToolContext): Promise<ToolPart["state"]> {
  const { now } = context.instance.app
  const start = part.state.status === "running" ? part.state.time.start : now()
  const { input } = part.state
  try {
    const { output, title, metadata } = await runTool(taskTool, input, context)
    return { status: "completed", input, output, title, metadata, time: { start, end: now() } }
  } catch (error) {
    const text = run.abort.signal.aborted ? "Tool execution aborted" : errorMessage(error)
    return { status: "error", input, error: text, time: { start, end: now() } }
  }
}

async function askToGoOn(instance: Instance, user: UserMessage): Promise<void> {
  const info = newUserMessage(instance, user)
  const part: TextPart = {
    id: newID("part"),
    sessionID: info.sessionID,
    messageID: info.id,
    type: "text",
    text: "Read what the task above reported and go on with the work.",
    synthetic: true,
  }
  await record(instance, [
    { type: "message.updated", info },
    { type: "message.part.updated", part },
  ])
}

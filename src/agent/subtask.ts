import { errorMessage } from "../base/error"
import { newCallID, newID } from "../base/id"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import type { Agent } from "../schema/agent"
import type { AssistantMessage, UserMessage } from "../schema/message"
import type { SubtaskPart, ToolPart } from "../schema/part"
import type { Model } from "../schema/provider"
import type { Session } from "../schema/session"
import { abortRun } from "../session/abort"
import { saveMessage, savePart } from "../session/message"
import { createSession, getSession } from "../session/session"
import type { Run } from "../session/status"
import type { MessageWithParts } from "../store/store"
import { runTool } from "../tool/registry"
import { taskTool } from "../tool/task"
import type { Subtask, SubtaskRun, ToolContext } from "../tool/tool"
import { findAgent } from "./agent"
import { newAssistantMessage, newUserMessage } from "./new-message"
import { startPrompt } from "./prompt"

const DEFAULT_DEPTH = 1
/** What a child session may not do unless its agent has rules of its own for it. */
const DENIED = ["todowrite", "task"]

interface SubtaskInput {
  task: Subtask
  parent: AssistantMessage
  signal: AbortSignal
}

/**
 * Runs a prompt in a child session of the parent message's session. Throws when there is no such agent, when the parent is
 * itself a child as deep as config `subagent_depth` allows, or when `task.sessionID` is no child of it.
 */
export async function runSubtask(instance: Instance, { task, parent, signal }: SubtaskInput): Promise<SubtaskRun> {
  const agent = await findAgent(instance, task.agent)
  if (!agent) throw new Error(`Unknown agent type: ${task.agent} is not a valid agent type`)
  await checkDepth(instance, parent.sessionID)
  const child = await childSession(instance, task, parent.sessionID, agent)
  const model = agent.model ?? { providerID: parent.providerID, modelID: parent.modelID }
  const stop = () => void abortRun(instance, child.id)
  signal.addEventListener("abort", stop, { once: true })
  const result = startPrompt(instance, child.id, {
    agent: agent.name,
    model,
    parts: [{ type: "text", text: task.prompt }],
  })
    .then(({ answer }) => {
      if (signal.aborted) stop()
      return answer
    })
    .then(
      (answer) => answerText(child.id, answer),
      (error) => Promise.reject(failed(child.id, errorMessage(error))),
    )
    .finally(() => signal.removeEventListener("abort", stop))
  return { sessionID: child.id, model, result }
}

async function checkDepth(instance: Instance, sessionID: string): Promise<void> {
  const allowed = (await getConfig(instance)).subagent_depth ?? DEFAULT_DEPTH
  let depth = 0
  for (let id: string | undefined = sessionID; id; depth++) id = (await instance.app.store.findSession(id))?.parentID
  if (depth > allowed)
    throw new Error(`A subagent at depth ${depth - 1} may not start another: config "subagent_depth" is ${allowed}`)
}

async function childSession(instance: Instance, task: Subtask, parentID: string, agent: Agent): Promise<Session> {
  if (task.sessionID) {
    const known = await getSession(instance.app, task.sessionID)
    if (known.parentID !== parentID) throw new Error(`Not a task of this session: ${task.sessionID}`)
    return known
  }
  const permission = DENIED.filter((name) => !agent.permission.some((rule) => rule.permission === name)).map(
    (name) => ({
      permission: name,
      pattern: "*",
      action: "deny" as const,
    }),
  )
  const title = `${task.description} (@${agent.name} subagent)`
  return createSession(instance, { parentID, title, agent: agent.name, permission })
}

function answerText(childID: string, { info, parts }: MessageWithParts): string {
  if (info.role === "assistant" && info.error) {
    const { data, name } = info.error
    throw failed(childID, "message" in data && typeof data.message === "string" ? data.message : name)
  }
  return parts.findLast((part) => part.type === "text")?.text ?? ""
}

const failed = (childID: string, message: string) => new Error(`Subagent failed (task_id: ${childID}): ${message}`)

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
  await saveMessage(instance, message)
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
  await savePart(instance, part)
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
    progress(update) {
      if (part.state.status !== "running") return
      part.state = { ...part.state, ...update }
      void savePart(instance, part)
    },
    runSubtask: (task) => runSubtask(instance, { task, parent: message, signal: run.abort.signal }),
  })
  await savePart(instance, part)
  const aborted = run.abort.signal.aborted
  if (aborted) message.error = { name: "MessageAbortedError", data: { message: "Aborted" } }
  else message.finish = "tool-calls"
  message.time = { ...message.time, completed: app.now() }
  await saveMessage(instance, message)
  if (!aborted) await askToGoOn(instance, user)
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
  await saveMessage(instance, info)
  await savePart(instance, {
    id: newID("part"),
    sessionID: info.sessionID,
    messageID: info.id,
    type: "text",
    text: "Read what the task above reported and go on with the work.",
    synthetic: true,
  })
}

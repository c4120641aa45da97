import { errorMessage } from "../base/error"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import type { AssistantMessage } from "../schema/message"
import { abortRun } from "../session/abort"
import { followInBackground } from "../session/background"
import { untilDetached } from "../session/blocking"
import { findRun, type Run } from "../session/status"
import type { Subtask, SubtaskRun } from "../tool/tool"
import { findAgent } from "./agent"
import { childSession } from "./child-session"
import { handOver, type SubtaskEnd } from "./hand-over"
import { type Accepted, startPrompt } from "./prompt"

const DEFAULT_DEPTH = 1

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
  const child = await childSession(instance, task, { parentID: parent.sessionID, agent })
  const model = agent.model ?? { providerID: parent.providerID, modelID: parent.modelID }
  const ids = { parentID: parent.sessionID, childID: child.id }
  const { background = false } = task
  const result = startPrompt(instance, child.id, {
    agent: agent.name,
    model,
    // Variants are those of a model: with another one the parent's says nothing.
    ...(!agent.model && parent.variant !== undefined && { variant: parent.variant }),
    parts: [{ type: "text", text: task.prompt }],
  }).then(
    (accepted) => resultOf(instance, ids, { accepted, signal, background }),
    (error) => Promise.reject(failed(child.id, errorMessage(error))),
  )
  return { sessionID: child.id, model, result }
}

interface Waiting {
  accepted: Accepted
  signal: AbortSignal
  background: boolean
}

/** The child's answer, or undefined when the parent shall not wait for it any longer: then it is told later. */
async function resultOf(
  instance: Instance,
  { parentID, childID }: { parentID: string; childID: string },
  { accepted, signal, background }: Waiting,
): Promise<string | undefined> {
  const work = endOf(accepted, findRun(instance, childID))
  const stop = () =>
    void abortRun(instance, childID).catch((error) =>
      instance.app.log.warn("A subagent could not be stopped", { sessionID: childID, error: errorMessage(error) }),
    )
  const end = await untilDetached(instance, { sessionID: parentID, work, signal, stop, background })
  if (end?.state === "error") throw failed(childID, end.text)
  if (end) return end.text
  followInBackground(instance, { sessionID: childID, work }, (late) => handOver(instance, { parentID, childID }, late))
  return undefined
}

async function checkDepth(instance: Instance, sessionID: string): Promise<void> {
  const allowed = (await getConfig(instance)).subagent_depth ?? DEFAULT_DEPTH
  let depth = 0
  for (let id: string | undefined = sessionID; id; depth++) id = (await instance.app.store.findSession(id))?.parentID
  if (depth > allowed)
    throw new Error(`A subagent at depth ${depth - 1} may not start another: config "subagent_depth" is ${allowed}`)
}

/** `run` is what the child does since it was prompted; it may be another one that the answer's own waits for. */
async function endOf({ answer }: Accepted, run: Run | undefined): Promise<SubtaskEnd> {
  try {
    const { info, parts } = await answer
    if (run?.answer === answer && run.abort.signal.aborted) return { state: "error", text: "Aborted", stopped: true }
    if (info.role === "assistant" && info.error) {
      const { data, name } = info.error
      const text = "message" in data && typeof data.message === "string" ? data.message : name
      return { state: "error", text, stopped: false }
    }
    // The last message of a run has calls only if one of them ended it, as a refused one does.
    const refused = parts.flatMap((part) => (part.type === "tool" && part.state.status === "error" ? [part.state] : []))
    if (refused[0]) return { state: "error", text: refused[0].error, stopped: false }
    const text = parts.findLast((part) => part.type === "text")?.text ?? ""
    return { state: "completed", text, stopped: false }
  } catch (error) {
    return { state: "error", text: errorMessage(error), stopped: false }
  }
}

const failed = (childID: string, message: string) => new Error(`Subagent failed (task_id: ${childID}): ${message}`)

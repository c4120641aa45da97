import type { LanguageModelV4ToolCall, LanguageModelV4ToolResult } from "@ai-sdk/provider"
import { errorMessage } from "../base/error"
import { newID } from "../base/id"
import { getConfig } from "../config/config"
import { PermissionRejectedError } from "../permission/errors"
import { askPermission } from "../permission/permission"
import { QuestionRejectedError } from "../question/question"
import type { ToolPart } from "../schema/part"
import { savePart } from "../session/message"
import { getSession } from "../session/session"
import { runTool } from "../tool/registry"
import type { Attachment, PermissionQuery, Tool, ToolContext, ToolResult } from "../tool/tool"
import { showProgress } from "./progress"
import type { Recorder } from "./recorder"
import { resolveCall } from "./resolve-call"
import { structuredOutput } from "./structured-output"
import { runSubtask } from "./subtask"

const DOOM_LOOP_CALLS = 3

/** The model begins a call: its name is known, its arguments are not yet. */
export async function offerTool(recorder: Recorder, callID: string, tool: string): Promise<void> {
  await savePart(recorder.instance, pendingPart(recorder, callID, tool))
}

function pendingPart(recorder: Recorder, callID: string, tool: string): ToolPart {
  const known = recorder.calls.get(callID)
  if (known) return known
  const part: ToolPart = {
    id: newID("part"),
    sessionID: recorder.message.sessionID,
    messageID: recorder.message.id,
    type: "tool",
    tool,
    callID,
    state: { status: "pending", input: {}, raw: "" },
  }
  recorder.calls.set(callID, part)
  return part
}

/**
 * A call with its arguments: runs it beside the stream. A name or arguments that cannot be used go to the `invalid` tool,
 * whose output tells the model. Throws when the user forbids to go on in a loop of equal calls.
 */
export async function callTool(recorder: Recorder, call: LanguageModelV4ToolCall): Promise<void> {
  const part = pendingPart(recorder, call.toolCallId, call.toolName)
  const { tool, input } = resolveCall(recorder.tools.byName, call)
  part.tool = tool.id
  const metadata = { ...call.providerMetadata, ...(call.providerExecuted && { providerExecuted: true }) }
  if (Object.keys(metadata).length) part.metadata = metadata
  part.state = { status: "running", input, time: { start: recorder.instance.app.now() } }
  await savePart(recorder.instance, part)
  if (call.providerExecuted) return
  const task: Promise<void> = execute(recorder, part, tool, input).finally(() => recorder.running.delete(task))
  recorder.running.add(task)
  await checkDoomLoop(recorder, part)
}

/** A tool that the vendor ran itself: only its result is stored. */
export async function takeProviderResult(recorder: Recorder, result: LanguageModelV4ToolResult): Promise<void> {
  const part = recorder.calls.get(result.toolCallId)
  if (part?.state.status !== "running") return
  const output = typeof result.result === "string" ? result.result : JSON.stringify(result.result)
  await complete(recorder, part, { title: part.tool, output, metadata: {} })
}

/** Never rejects: what a tool throws is the model's to read; that its end cannot be stored is logged. */
async function execute(recorder: Recorder, part: ToolPart, tool: Tool, input: Record<string, unknown>) {
  try {
    const result = await runTool(tool, input, toolContext(recorder, part))
    await complete(recorder, part, result)
  } catch (error) {
    await fail(recorder, part, error).catch((unstored) =>
      recorder.instance.app.log.error("The end of a tool call was not stored", { tool: part.tool, error: unstored }),
    )
  }
}

async function complete(recorder: Recorder, part: ToolPart, result: ToolResult): Promise<void> {
  const { title, output, metadata, attachments = [] } = result
  const start = part.state.status === "running" ? part.state.time.start : recorder.instance.app.now()
  part.state = {
    status: "completed",
    input: part.state.input,
    output,
    title,
    metadata,
    time: { start, end: recorder.instance.app.now() },
    ...(attachments.length > 0 && { attachments: attachments.map((each) => attachedPart(part, each)) }),
  }
  if (part.tool === structuredOutput.id) recorder.message.structured = part.state.input
  await savePart(recorder.instance, part)
}

const attachedPart = (part: ToolPart, attachment: Attachment) => ({
  id: newID("part"),
  sessionID: part.sessionID,
  messageID: part.messageID,
  type: "file" as const,
  ...attachment,
})

async function fail(recorder: Recorder, part: ToolPart, error: unknown): Promise<void> {
  const { instance } = recorder
  const { aborted } = recorder.run.abort.signal
  const refused = error instanceof PermissionRejectedError || error instanceof QuestionRejectedError
  const { state } = part
  const shown = state.status === "running" ? state.metadata : undefined
  const stopped = refused && !(await getConfig(instance)).experimental?.continue_loop_on_deny
  const metadata = { ...shown, ...(aborted && { interrupted: true }), ...(stopped && !aborted && { stopped: true }) }
  part.state = {
    status: "error",
    input: state.input,
    error: aborted ? "Tool execution aborted" : errorMessage(error),
    time: { start: state.status === "running" ? state.time.start : instance.app.now(), end: instance.app.now() },
    ...(Object.keys(metadata).length > 0 && { metadata }),
  }
  await savePart(instance, part)
}

function toolContext(recorder: Recorder, part: ToolPart): ToolContext {
  const { instance, message, agent, run } = recorder
  const { signal } = run.abort
  return {
    instance,
    agent,
    signal,
    sessionID: message.sessionID,
    messageID: message.id,
    callID: part.callID,
    seenInstructions: recorder.tools.seenInstructions,
    ask: (query) => ask(recorder, part, query),
    progress(update) {
      if (!signal.aborted) showProgress(instance, part, update)
    },
    runSubtask: (task) => runSubtask(instance, { task, parent: message, signal }),
  }
}

/** The session's rules are read anew: a client may have changed them while the tool was at work. */
async function ask({ instance, agent, message, run }: Recorder, part: ToolPart, query: PermissionQuery): Promise<void> {
  const session = await getSession(instance.app, message.sessionID)
  await askPermission(instance, {
    sessionID: session.id,
    permission: query.permission,
    patterns: query.patterns,
    always: query.always,
    metadata: query.metadata ?? {},
    tool: { messageID: message.id, callID: part.callID },
    rules: [...agent.permission, ...(session.permission ?? [])],
    signal: run.abort.signal,
  })
}

/** Three equal calls in a row look like a model that is stuck: the user decides whether it may go on. */
async function checkDoomLoop(recorder: Recorder, part: ToolPart): Promise<void> {
  const begun = [...recorder.calls.values()].filter((each) => each.state.status !== "pending")
  const calls = begun.slice(-DOOM_LOOP_CALLS)
  const input = JSON.stringify(part.state.input)
  const equal = calls.every((each) => each.tool === part.tool && JSON.stringify(each.state.input) === input)
  if (calls.length < DOOM_LOOP_CALLS || !equal) return
  const query = {
    permission: "doom_loop",
    patterns: [part.tool],
    always: [part.tool],
    metadata: { tool: part.tool, input: part.state.input },
  }
  await ask(recorder, part, query)
}

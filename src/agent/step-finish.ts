import { newID } from "../base/id"
import { publish } from "../instance/event"
import { costOf } from "../provider/cost"
import type { AssistantMessage } from "../schema/message"
import type { StepFinishPart } from "../schema/part"
import type { RunError } from "../schema/run-error"
import { saveMessage, savePart } from "../session/message"
import { changeSession } from "../session/session"
import { addTokens, NO_TOKENS } from "../session/tokens"
import { snapshotPatch } from "../snapshot/diff"
import { trackSnapshot } from "../snapshot/snapshot"
import { invalidTool } from "../tool/invalid"
import type { Recorder } from "./recorder"
import type { StepEnd } from "./stream"
import { structuredOutput } from "./structured-output"

/**
 * Ends a step whose stream is complete: finish part with tokens, cost and tree, the patch if files changed, the message's
 * finish and time, and the session's running sums.
 */
export async function finishStep(recorder: Recorder, end: StepEnd): Promise<void> {
  const { instance, message, model } = recorder
  const { sessionID } = message
  const cost = costOf(model, end.tokens)
  const snapshot = await endSnapshot(recorder)
  const part: StepFinishPart = {
    id: newID("part"),
    sessionID,
    messageID: message.id,
    type: "step-finish",
    reason: end.finish,
    ...(snapshot && { snapshot }),
    cost,
    tokens: end.tokens,
  }
  await savePart(instance, part)
  message.finish = end.finish
  message.tokens = end.tokens
  message.cost += cost
  await saveMessage(instance, message)
  await savePatch(recorder, snapshot)
  const error = errorOf(recorder, end)
  if (error) {
    message.error = error
    // That the form is wrong is for whoever asked for it: the message tells.
    if (error.name === "ContentFilterError") publish(instance, "session.error", { sessionID, error })
  }
  message.time = { ...message.time, completed: instance.app.now() }
  await saveMessage(instance, message)
  await addToSession(recorder, end.tokens, cost)
}

/** What the tools of a try that failed or was stopped did to files stays: with its patch it can be reverted. */
export async function saveChanges(recorder: Recorder): Promise<void> {
  if (recorder.snapshot) await savePatch(recorder, await endSnapshot(recorder))
}

/** Tools that leave the worktree alone. A step that used no other tool ends with the tree that it began with. */
const READ_ONLY = new Set([
  "read",
  "glob",
  "grep",
  "todowrite",
  "question",
  "skill",
  "webfetch",
  "websearch",
  invalidTool.id,
  structuredOutput.id,
])

/** Not the last tree of the instance: that may hold what another session has done meanwhile. */
async function endSnapshot({ instance, calls, snapshot }: Recorder): Promise<string | undefined> {
  const changesNothing = [...calls.values()].every((part) => READ_ONLY.has(part.tool))
  return changesNothing ? snapshot : trackSnapshot(instance)
}

async function savePatch({ instance, message, snapshot: from }: Recorder, to: string | undefined): Promise<void> {
  if (!from || from === to) return
  const patch = await snapshotPatch(instance, from, to)
  if (!patch) return
  const ids = { id: newID("part"), sessionID: message.sessionID, messageID: message.id }
  await savePart(instance, { ...ids, type: "patch", ...patch })
}

/** What a complete answer can still lack. */
function errorOf({ message, user }: Recorder, { finish }: StepEnd): RunError | undefined {
  if (finish === "content-filter")
    return {
      name: "ContentFilterError",
      data: { message: "The response was blocked by the provider's content filter" },
    }
  const wanted = user.format?.type === "json_schema" && message.structured === undefined
  if (!wanted || finish === "tool-calls" || finish === "unknown") return undefined
  return {
    name: "StructuredOutputError",
    data: { message: "Model did not produce structured output", retries: 0 },
  }
}

/** The session's cost and tokens are the sums of its steps. */
function addToSession({ instance, message }: Recorder, tokens: AssistantMessage["tokens"], cost: number) {
  return changeSession(instance, message.sessionID, (session) => ({
    ...session,
    cost: (session.cost ?? 0) + cost,
    tokens: addTokens(session.tokens ?? NO_TOKENS, tokens),
  }))
}

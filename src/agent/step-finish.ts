import { newID } from "../base/id"
import { publish } from "../instance/event"
import { costOf } from "../provider/cost"
import type { AssistantMessage } from "../schema/message"
import type { StepFinishPart } from "../schema/part"
import type { RunError } from "../schema/run-error"
import type { Tokens } from "../schema/session"
import { saveMessage, savePart } from "../session/message"
import { changeSession } from "../session/session"
import { snapshotPatch, trackSnapshot } from "../snapshot/snapshot"
import type { Recorder } from "./recorder"
import type { StepEnd } from "./stream"

/**
 * Ends a step whose stream is complete: finish part with tokens, cost and tree, the patch if files changed, the message's
 * finish and time, and the session's running sums.
 */
export async function finishStep(recorder: Recorder, end: StepEnd): Promise<void> {
  const { instance, message, model } = recorder
  const { sessionID } = message
  const cost = costOf(model, end.tokens)
  const snapshot = await trackSnapshot(instance)
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
    publish(instance, "session.error", { sessionID, error })
  }
  message.time = { ...message.time, completed: instance.app.now() }
  await saveMessage(instance, message)
  await addToSession(recorder, end.tokens, cost)
}

async function savePatch({ instance, message, snapshot: from }: Recorder, to: string | undefined): Promise<void> {
  if (!from || from === to) return
  const patch = await snapshotPatch(instance, from)
  if (!patch || patch.files.length === 0) return
  const ids = { id: newID("part"), sessionID: message.sessionID, messageID: message.id }
  await savePart(instance, { ...ids, type: "patch", ...patch })
}

/** What a complete answer can still lack. */
function errorOf({ message, user }: Recorder, { finish }: StepEnd): RunError | undefined {
  if (finish === "content-filter")
    return {
      name: "ContentFilterError",
      data: { message: "The provider's content filter stopped the answer of the model" },
    }
  const wanted = user.format?.type === "json_schema" && message.structured === undefined
  if (!wanted || finish === "tool-calls" || finish === "unknown") return undefined
  return {
    name: "StructuredOutputError",
    data: { message: "The model did not produce structured output", retries: 0 },
  }
}

/** The session's cost and tokens are the sums of its steps. */
function addToSession({ instance, message }: Recorder, tokens: AssistantMessage["tokens"], cost: number) {
  return changeSession(instance, message.sessionID, (session) => ({
    ...session,
    cost: (session.cost ?? 0) + cost,
    tokens: sum(session.tokens, tokens),
  }))
}

const sum = (a: Tokens | undefined, b: Tokens): Tokens => ({
  input: (a?.input ?? 0) + b.input,
  output: (a?.output ?? 0) + b.output,
  reasoning: (a?.reasoning ?? 0) + b.reasoning,
  cache: {
    read: (a?.cache.read ?? 0) + b.cache.read,
    write: (a?.cache.write ?? 0) + b.cache.write,
  },
})

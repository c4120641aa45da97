import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from "@ai-sdk/provider"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { callOptions } from "../provider/call-options"
import { runErrorOf } from "../provider/error"
import { languageModel } from "../provider/language-model"
import { prepareMessages } from "../provider/prepare-messages"
import type { Agent } from "../schema/agent"
import type { AssistantMessage, UserMessage } from "../schema/message"
import type { Model } from "../schema/provider"
import type { Session } from "../schema/session"
import { saveMessage } from "../session/message"
import { ABORTED } from "../session/settle"
import type { Run } from "../session/status"
import type { MessageWithParts } from "../store/store"
import { callModel, RetryAborted } from "./call-model"
import { newAssistantMessage } from "./new-message"
import { compactsAfter } from "./overflow"
import { closeParts, createRecorder, type Recorder } from "./recorder"
import { finishStep, saveChanges } from "./step-finish"
import { stepPrompt } from "./step-prompt"
import { NO_TOOLS, stepTools } from "./step-tools"

export interface StepInput {
  session: Session
  history: MessageWithParts[]
  user: UserMessage
  agent: Agent
  model: Model
  /** Which step of the turn this is, from 1. */
  steps: number
  /** How many answers of the turn broke off in a row up to now. */
  cuts?: number
  /** The request of a compaction, in place of the conversation; it offers no tools, and its answer is a summary. */
  summary?: LanguageModelV4Prompt
  /** Called when the assistant message is stored and the model is about to be asked. */
  onStart(): void
}

/** `overflow`: the vendor says that the conversation is too long. `cut`: the answer broke off after tools had run. */
export type StepOutcome = "done" | "overflow" | "cut"

/**
 * One model call with the tool calls that it asks for. Everything that happens is stored in one assistant message, its
 * failure too; only a failure before there is such a message is thrown. Retries what may succeed later.
 */
export async function runStep(instance: Instance, run: Run, input: StepInput): Promise<StepOutcome> {
  const message = await saveMessage(instance, stepMessage(instance, input))
  const recorder = createRecorder(instance, run, input, message)
  try {
    input.onStart()
    const call = await prepareCall(instance, run, input, recorder)
    const end = await callModel(recorder, { ...call, steps: input.steps, cuts: input.cuts ?? 0 })
    await finishStep(recorder, end)
    return end.cut ? "cut" : "done"
  } catch (error) {
    return endWithError(instance, run, recorder, error)
  }
}

const stepMessage = (instance: Instance, { user, agent, model, summary }: StepInput): AssistantMessage => ({
  ...newAssistantMessage(instance, {
    user,
    agent: agent.name,
    model: { providerID: model.providerID, modelID: model.id },
  }),
  ...(user.model.variant !== undefined && { variant: user.model.variant }),
  ...(summary && { summary: true }),
})

async function prepareCall(instance: Instance, run: Run, input: StepInput, recorder: Recorder) {
  const { session, agent, model, user } = input
  const [options, tools, prompt, language] = await Promise.all([
    callOptions(instance, {
      model,
      agent,
      sessionID: session.id,
      ...(user.model.variant !== undefined && { variant: user.model.variant }),
      ...(session.parentID && { parentSessionID: session.parentID }),
    }),
    input.summary ? NO_TOOLS : stepTools(instance, input),
    input.summary ?? stepPrompt(instance, input),
    languageModel(instance, model, run.abort.signal),
  ])
  recorder.tools = tools
  const call: LanguageModelV4CallOptions = {
    ...options,
    prompt: prepareMessages(model, prompt),
    abortSignal: run.abort.signal,
    ...(tools.functions.length > 0 && { tools: tools.functions, toolChoice: tools.choice }),
  }
  return { language, call }
}

async function endWithError(instance: Instance, run: Run, recorder: Recorder, error: unknown): Promise<StepOutcome> {
  const { message } = recorder
  const aborted = run.abort.signal.aborted || instance.signal.aborted
  const runError = aborted ? ABORTED : runErrorOf(error, message.providerID)
  // Stopped between two tries, nothing was cut off.
  const failed = !(error instanceof RetryAborted)
  if (failed) publish(instance, "session.error", { sessionID: message.sessionID, error: runError })
  await closeParts(recorder, aborted ? "abort" : "error")
  await saveChanges(recorder)
  const overflow =
    runError.name === "ContextOverflowError" &&
    !recorder.message.summary &&
    (await compactsAfter(instance, recorder.user))
  message.time = { ...message.time, completed: instance.app.now() }
  // A prompt that is sent again after a compaction has not failed.
  if (failed && !overflow) message.error = runError
  if (message.error?.name === "ContextOverflowError") message.finish = "error"
  await saveMessage(instance, message)
  return overflow ? "overflow" : "done"
}

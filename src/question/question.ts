import { tagged } from "../base/error"
import { newID } from "../base/id"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import type { QuestionAnswer, QuestionInfo, QuestionRequest, QuestionTool } from "../schema/question"

/** The user closed the question without an answer, or nobody is left to ask. The run stops after this step. */
export class QuestionRejectedError extends Error {
  override readonly name = "QuestionRejectedError"
  constructor() {
    super("The user dismissed this question")
  }
}

interface Pending {
  request: QuestionRequest
  answer(answers: QuestionAnswer[]): void
  refuse(error: unknown): void
}

const stateOf = instanceState<{ instance: Instance; pending: Map<string, Pending> }>(
  (instance) => ({ instance, pending: new Map() }),
  ({ instance, pending }) => {
    for (const each of [...pending.values()]) reject(instance, pending, each)
  },
)

/**
 * Asks the user and resolves with one list of answers per question, as the client sent them (there may be fewer). Throws
 * `QuestionRejectedError` when dismissed, and the signal's reason when it is aborted.
 */
export async function askQuestion(
  instance: Instance,
  question: { sessionID: string; questions: QuestionInfo[]; tool?: QuestionTool; signal: AbortSignal },
): Promise<QuestionAnswer[]> {
  const { sessionID, questions, tool, signal } = question
  signal.throwIfAborted()
  instance.signal.throwIfAborted()
  const { pending } = stateOf(instance)
  const request: QuestionRequest = { id: newID("question"), sessionID, questions, ...(tool && { tool }) }
  const { promise, resolve, reject: refuse } = Promise.withResolvers<QuestionAnswer[]>()
  const entry: Pending = { request, answer: resolve, refuse }
  const abort = () => reject(instance, pending, entry, signal.reason)
  signal.addEventListener("abort", abort, { once: true })
  pending.set(request.id, entry)
  publish(instance, "question.asked", request)
  try {
    return await promise
  } finally {
    signal.removeEventListener("abort", abort)
  }
}

/** Answers a pending request. 404 when nothing waits under that id. */
export function replyQuestion(instance: Instance, requestID: string, answers: QuestionAnswer[]): void {
  const { pending } = stateOf(instance)
  const entry = getPending(pending, requestID)
  pending.delete(requestID)
  publish(instance, "question.replied", { sessionID: entry.request.sessionID, requestID, answers })
  entry.answer(answers)
}

/** Dismisses a pending request. 404 when nothing waits under that id. */
export function rejectQuestion(instance: Instance, requestID: string): void {
  const { pending } = stateOf(instance)
  reject(instance, pending, getPending(pending, requestID))
}

/** The requests that wait for answers, oldest first. */
export const listQuestions = (instance: Instance): QuestionRequest[] =>
  [...stateOf(instance).pending.values()].map((each) => each.request)

/** Dismisses all that a session waits for: it is being deleted. */
export function cancelQuestions(instance: Instance, sessionID: string): void {
  const { pending } = stateOf(instance)
  for (const each of [...pending.values()]) if (each.request.sessionID === sessionID) reject(instance, pending, each)
}

function reject(
  instance: Instance,
  pending: Map<string, Pending>,
  entry: Pending,
  error: unknown = new QuestionRejectedError(),
) {
  const { id, sessionID } = entry.request
  if (!pending.delete(id)) return
  publish(instance, "question.rejected", { sessionID, requestID: id })
  entry.refuse(error)
}

function getPending(pending: Map<string, Pending>, requestID: string): Pending {
  const entry = pending.get(requestID)
  if (!entry) throw tagged(404, "QuestionNotFoundError", `Question request not found: ${requestID}`, { requestID })
  return entry
}

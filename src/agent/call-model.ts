import { setTimeout as sleep } from "node:timers/promises"
import type { LanguageModelV4, LanguageModelV4CallOptions } from "@ai-sdk/provider"
import { runErrorOf } from "../provider/error"
import { retryDelay, retryMessage } from "../provider/retry"
import { setStatus } from "../session/status"
import { NO_TOKENS } from "../session/tokens"
import { trackSnapshot } from "../snapshot/snapshot"
import { closeParts, type Recorder } from "./recorder"
import { saveChanges } from "./step-finish"
import { consumeStream, type StepEnd } from "./stream"

interface ModelCall {
  language: LanguageModelV4
  call: LanguageModelV4CallOptions
  /** Which step of the turn this is, from 1. */
  steps: number
  /** How many answers before this one broke off in a row. */
  cuts: number
}

/** A step that follows another begins with the tree that the other ended with. */
const SAME_TREE_MS = 2_000

/**
 * Asks the model and records its answer, again and again while a failure may pass. An answer that breaks off after tools
 * have run is not asked for again, as they would run twice: it ends as if it had called just these (`cut`), and the model
 * goes on with their results. Throws what no further try can mend.
 */
export async function callModel(recorder: Recorder, { language, call, steps, cuts }: ModelCall) {
  const { instance, run } = recorder
  for (let attempt = cuts + 1; ; attempt++) {
    setStatus(instance, run, { type: "busy" })
    // Begun before the request, so that the time to the first token hides it.
    const tree = trackSnapshot(instance, { maxAge: steps === 1 ? 0 : SAME_TREE_MS })
    try {
      const { stream } = await language.doStream(call)
      return { ...(await consumeStream(recorder, stream, tree)), cut: false }
    } catch (error) {
      // Tools of the next try must not be at work while it is taken.
      await tree
      if (run.abort.signal.aborted) throw error
      const runError = runErrorOf(error, recorder.message.providerID)
      const delay = runError.name === "ContextOverflowError" ? undefined : retryDelay(runError, attempt)
      if (delay === undefined) throw error
      const cut = hasRunTools(recorder)
      await closeParts(recorder, "retry")
      if (!cut) {
        await saveChanges(recorder)
        recorder.calls.clear()
      }
      await waitForRetry(recorder, { attempt, delay, message: retryMessage(runError) })
      if (cut) return CUT
    }
  }
}

const CUT: StepEnd & { cut: boolean } = { finish: "tool-calls", tokens: NO_TOKENS, metadata: undefined, cut: true }

/** Whether a call was begun here: those of the vendor's own tools, and those whose arguments never came, were not. */
const hasRunTools = ({ calls }: Recorder) =>
  [...calls.values()].some((part) => part.state.status !== "pending" && !part.metadata?.providerExecuted)

interface Retry {
  attempt: number
  /** Milliseconds. */
  delay: number
  message: string
}

/** Shows the wait as the session's status and ends early when the run is aborted. */
async function waitForRetry({ instance, run }: Recorder, { attempt, delay, message }: Retry): Promise<void> {
  const { signal } = run.abort
  setStatus(instance, run, { type: "retry", attempt, message, next: Math.round(instance.app.now() + delay) })
  await sleep(delay, undefined, { signal }).catch(() => {
    throw new RetryAborted()
  })
}

/** The run was stopped while it waited: there is no answer that the stop could have cut. */
export class RetryAborted extends Error {
  override readonly name = "RetryAborted"
}

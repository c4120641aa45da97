import { sessionBusy } from "../base/error"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import type { SessionStatus } from "../schema/session"
import type { MessageWithParts } from "../store/store"

/** One run of a session: from the first prompt until it is idle again. */
export interface Run {
  readonly sessionID: string
  readonly abort: AbortController
  status: SessionStatus
  /** Prompts that were stored for this run so far. The loop may end only when it has answered that many. */
  requests: number
  /** Settles when the session is idle again. */
  done: Promise<unknown>
  /** The last message of the run, for whoever prompted; absent when the run is no loop (a shell command, say). */
  answer?: Promise<MessageWithParts>
}

const runs = instanceState(
  () => new Map<string, Run>(),
  async (running) => {
    for (const run of running.values()) run.abort.abort()
    await Promise.allSettled([...running.values()].map((run) => run.done))
  },
)

/** The session's run, if it is busy. */
export const findRun = (instance: Instance, sessionID: string): Run | undefined => runs(instance).get(sessionID)

/**
 * Takes the session's run slot for `task`. The slot is free again, and the session idle, when the task has settled; a
 * task that must decide "nothing more to do" without a gap calls `release` in the same tick. Throws 409 when busy, 503 when
 * the instance is disposed.
 */
export function startRun<T>(
  instance: Instance,
  sessionID: string,
  task: (run: Run, release: () => void) => Promise<T>,
): { run: Run; done: Promise<T> } {
  requireIdle(instance, sessionID)
  instance.signal.throwIfAborted()
  const all = runs(instance)
  const run: Run = {
    sessionID,
    abort: new AbortController(),
    status: { type: "busy" },
    requests: 0,
    done: Promise.resolve(),
  }
  all.set(sessionID, run)
  const release = () => {
    if (all.get(sessionID) !== run) return
    all.delete(sessionID)
    announceIdle(instance, sessionID)
  }
  // A tick later, so that the caller holds the run before its task begins.
  const done = Promise.resolve()
    .then(() => task(run, release))
    .finally(release)
  run.done = done.catch(() => {})
  return { run, done }
}

/** Throws 409 `SessionBusyError` while the session runs. */
export function requireIdle(instance: Instance, sessionID: string): void {
  if (runs(instance).has(sessionID)) throw sessionBusy(sessionID)
}

/** Sets and publishes what a busy session does. */
export function setStatus(instance: Instance, run: Run, status: SessionStatus): void {
  run.status = status
  publish(instance, "session.status", { sessionID: run.sessionID, status })
}

/** Status of each busy session of the directory; idle ones are absent. */
export const listStatus = (instance: Instance): Record<string, SessionStatus> =>
  Object.fromEntries([...runs(instance)].map(([id, run]) => [id, run.status]))

/** Publishes that a session is idle, in both forms that clients listen to. */
export function announceIdle(instance: Instance, sessionID: string): void {
  publish(instance, "session.status", { sessionID, status: { type: "idle" } })
  publish(instance, "session.idle", { sessionID })
}

import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"

/** By session: what lets go of each subtask that the session waits for. */
const blocking = instanceState(() => new Map<string, Set<() => void>>())

/** Lets go of all subtasks that the session waits for: they go on in the background. Answers whether there were any. */
export function detachSubtasks(instance: Instance, sessionID: string): boolean {
  const waiting = [...(blocking(instance).get(sessionID) ?? [])]
  for (const detach of waiting) detach()
  return waiting.length > 0
}

interface Wait<T> {
  /** The session that waits. */
  sessionID: string
  /** What the subtask does. */
  work: Promise<T>
  /** Aborted when the session's run is. */
  signal: AbortSignal
  /** Tells the subtask to end. */
  stop(): void
  /** Whether it is not waited for at all. */
  background: boolean
}

/**
 * Waits for a subtask: answers what its work does, or undefined at once when it is detached. Aborting the signal stops a
 * subtask that is waited for; a detached one no longer hears of it.
 */
export function untilDetached<T>(
  instance: Instance,
  { sessionID, work, signal, stop, background }: Wait<T>,
): Promise<T | undefined> {
  // Stopped before there was anything to stop.
  if (signal.aborted || instance.signal.aborted) {
    stop()
    return work
  }
  if (background) return Promise.resolve(undefined)
  const { promise, resolve, reject } = Promise.withResolvers<T | undefined>()
  const all = blocking(instance)
  const waiting = all.get(sessionID) ?? new Set()
  all.set(sessionID, waiting)
  const leave = () => {
    waiting.delete(detach)
    if (waiting.size === 0 && all.get(sessionID) === waiting) all.delete(sessionID)
    signal.removeEventListener("abort", abort)
  }
  const detach = () => {
    leave()
    resolve(undefined)
  }
  const abort = () => {
    leave()
    stop()
  }
  waiting.add(detach)
  signal.addEventListener("abort", abort, { once: true })
  work.finally(leave).then(resolve, reject)
  return promise
}

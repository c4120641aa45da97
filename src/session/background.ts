import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import { findRun } from "./status"

interface Subtask {
  /** The child session. */
  sessionID: string
  /** Settles when its end was told. */
  told: Promise<void>
}

const inBackground = instanceState(
  (instance) => ({ instance, subtasks: new Set<Subtask>() }),
  async ({ instance, subtasks }) => {
    const open = [...subtasks]
    for (const { sessionID } of open) findRun(instance, sessionID)?.abort.abort()
    await Promise.allSettled(open.map(({ told }) => told))
  },
)

/**
 * Follows the work of a child session that nobody waits for, and hands its end to `tell`. It is stopped with the instance,
 * which has ended only when that was told too.
 */
export function followInBackground<T>(
  instance: Instance,
  { sessionID, work }: { sessionID: string; work: Promise<T> },
  tell: (end: T) => Promise<void>,
): void {
  const { subtasks } = inBackground(instance)
  const subtask: Subtask = { sessionID, told: work.then(tell).finally(() => subtasks.delete(subtask)) }
  subtasks.add(subtask)
}

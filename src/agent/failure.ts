import { errorMessage } from "../base/error"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"

const told = new WeakSet<Error>()

/** Does something for a session. Why it fails is published too: a client that sent it and went on sees it only there. */
export async function publishingFailure<T>(instance: Instance, sessionID: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    publishFailure(instance, sessionID, error)
    throw error
  }
}

/** Publishes as `session.error` what failed before or outside of an assistant message; each error once. */
export function publishFailure(instance: Instance, sessionID: string, error: unknown): void {
  if (error instanceof Error) {
    if (told.has(error)) return
    told.add(error)
  }
  publish(instance, "session.error", {
    sessionID,
    error: { name: "UnknownError", data: { message: errorMessage(error) } },
  })
}

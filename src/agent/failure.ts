import { errorMessage } from "../base/error"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"

const told = new WeakSet<Error>()

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

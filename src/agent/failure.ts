import { errorMessage } from "../base/error"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"

/** Publishes as `session.error` what made a prompt fail before or outside of an assistant message. */
export function publishFailure(instance: Instance, sessionID: string, error: unknown): void {
  publish(instance, "session.error", {
    sessionID,
    error: { name: "UnknownError", data: { message: errorMessage(error) } },
  })
}

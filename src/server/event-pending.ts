import { newEvent, type Published } from "../instance/event"
import type { Instance } from "../instance/instance"
import { listPermissions } from "../permission/permission"
import { listQuestions } from "../question/question"
import type { Event } from "../schema/event"
import { listStatus } from "../session/status"

/** What waits for a client of the directory, told as if it had just happened. */
export function pendingEvents(instance: Instance): Published[] {
  const events: Event[] = [
    ...Object.entries(listStatus(instance)).map(([sessionID, status]) =>
      newEvent("session.status", { sessionID, status }),
    ),
    ...listPermissions(instance).map((request) => newEvent("permission.asked", request)),
    ...listQuestions(instance).map((request) => newEvent("question.asked", request)),
  ]
  const { directory, project } = instance
  return events.map((event) => ({ directory, project: project.id, event, frames: {} }))
}

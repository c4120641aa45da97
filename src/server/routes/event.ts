import type { App } from "../../instance/app"
import { newEvent, type Published } from "../../instance/event"
import type { Instance } from "../../instance/instance"
import { listPermissions } from "../../permission/permission"
import { listQuestions } from "../../question/question"
import type { Event } from "../../schema/event"
import { listStatus } from "../../session/status"
import { globalFrame, instanceFrame } from "../event-frame"
import { EventUnion, GlobalEvent } from "../event-schema"
import { type Route, route } from "../route"
import { eventStream } from "../sse"

const contentType = "text/event-stream"

export const eventRoutes: Route[] = [
  route(
    "GET",
    "/event",
    {
      id: "event.subscribe",
      tags: ["event"],
      summary: "Subscribe to events",
      description:
        "What happens in a directory, as server-sent events. Frames of stored changes have an id: a client that comes back with it as Last-Event-ID is told what it missed.",
      responses: { 200: { description: "Event stream", schema: EventUnion, contentType } },
    },
    ({ app, instance, request }) =>
      eventStream(
        {
          app,
          bus: instance.bus,
          encode: instanceFrame,
          scope: { directory: instance.directory },
          pending: async () => pendingEvents(instance),
          isLast: ({ event }) => event.type === "server.instance.disposed",
        },
        request,
      ),
  ),
  route(
    "GET",
    "/global/event",
    {
      id: "global.event",
      tags: ["global"],
      scope: "global",
      summary: "Get global events",
      description:
        "What happens in all directories, as server-sent events. Stored changes come a second time in a form for copies of the data. Last-Event-ID works as on /event.",
      responses: { 200: { description: "Event stream", schema: GlobalEvent, contentType } },
    },
    ({ app, request }) =>
      eventStream(
        {
          app,
          bus: app.bus,
          encode: globalFrame,
          scope: {},
          pending: async () => (await openInstances(app)).flatMap(pendingEvents),
          isLast: () => false,
        },
        request,
      ),
  ),
]

async function openInstances(app: App): Promise<Instance[]> {
  const instances = await Promise.allSettled(app.instances.values())
  return instances.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))
}

/** What waits for a client of the directory, told as if it had just happened. */
function pendingEvents(instance: Instance): Published[] {
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

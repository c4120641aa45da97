import type { App } from "../../instance/app"
import { apiFrame, globalFrame, instanceFrame } from "../event-frame"
import { pendingEvents } from "../event-pending"
import { EventUnion, GlobalEvent, V2Event } from "../event-schema"
import { openInstances } from "../open-instances"
import { type Route, route } from "../route"
import { eventStream } from "../sse"

const contentType = "text/event-stream"
/** Clients of this stream know no event for it. */
const comment = new TextEncoder().encode(": heartbeat\n\n")

/** What happens in all directories, without an end. */
const everywhere = (app: App) => ({
  app,
  bus: app.bus,
  scope: {},
  pending: async () => (await openInstances(app)).flatMap(pendingEvents),
  isLast: () => false,
})

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
    ({ app, request }) => eventStream({ ...everywhere(app), encode: globalFrame }, request),
  ),
  route(
    "GET",
    "/api/event",
    {
      id: "v2.event.subscribe",
      tags: ["v2"],
      scope: "global",
      refusal: "invalid",
      summary: "Subscribe to events",
      description: "What happens in all directories, as server-sent events. Last-Event-ID works as on /event.",
      responses: { 200: { description: "Event stream", schema: V2Event, contentType } },
    },
    ({ app, request }) => eventStream({ ...everywhere(app), encode: apiFrame, heartbeat: comment }, request),
  ),
]

import { type TSchema, Type } from "@sinclair/typebox"
import { LocationRef } from "../schema/api-location"
import { durableEvents, type EventType, eventProperties } from "../schema/event"

const id = Type.String({ pattern: "^evt_" })

/** Whether a type is of the family whose components keep their dots, as generated clients know them. */
const keepsDots = (type: string) => type.startsWith("tui.")

const pascal = (type: string) =>
  type
    .split(".")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")

const eventTypes = Object.keys(eventProperties) as EventType[]

const eventObject = (type: EventType, $id?: string): TSchema =>
  Type.Object({ id, type: Type.Literal(type), properties: eventProperties[type] }, $id === undefined ? {} : { $id })

const syncObject = (type: EventType): TSchema =>
  Type.Object(
    {
      type: Type.Literal("sync"),
      id,
      syncEvent: Type.Object({
        type: Type.Literal(`${type}.1`),
        id,
        seq: Type.Number(),
        aggregateID: Type.String(),
        data: eventProperties[type],
      }),
    },
    { $id: `SyncEvent${pascal(type)}` },
  )

/** An event in the `data:` line of a directory's stream. */
export const EventUnion = Type.Union(
  eventTypes.map((type) => eventObject(type, keepsDots(type) ? `Event.${type}` : `Event${pascal(type)}`)),
  { $id: "Event" },
)

/** An event in the `data:` line of the global stream, in its envelope. */
export const GlobalEvent = Type.Object(
  {
    directory: Type.Optional(Type.String()),
    project: Type.Optional(Type.String()),
    payload: Type.Union([...eventTypes.map((type) => eventObject(type)), ...[...durableEvents].map(syncObject)]),
  },
  { $id: "GlobalEvent" },
)

/** Types that the components of clients know under their own spelling, because another component has the usual one. */
const takenNames: ReadonlySet<EventType> = new Set<EventType>([
  "session.status",
  "question.replied",
  "question.rejected",
])
/** What is never said on the stream of `/api`: its heartbeat is a comment, and it outlives the instances. */
const unsaid: ReadonlySet<EventType> = new Set<EventType>(["server.heartbeat"])

/** An event in the `data:` line of the stream of `/api`. */
export const V2Event = Type.Union(
  eventTypes
    .filter((type) => !unsaid.has(type))
    .map((type) =>
      Type.Object(
        {
          id,
          type: Type.Literal(type),
          durable: Type.Optional(
            Type.Object({ aggregateID: Type.String(), seq: Type.Integer(), version: Type.Integer() }),
          ),
          location: Type.Optional(LocationRef),
          data: eventProperties[type],
        },
        { $id: takenNames.has(type) ? type : pascal(type) },
      ),
    ),
  { $id: "V2Event" },
)

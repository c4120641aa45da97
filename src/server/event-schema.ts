import { type TSchema, Type } from "@sinclair/typebox"
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

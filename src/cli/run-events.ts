import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { type Event, eventProperties } from "../schema/event"
import type { Connection } from "./connection"

const Envelope = Type.Object({ type: Type.String(), properties: Type.Unknown() })

/** Opens the stream of events of a directory. It ends or breaks with the signal, or the server. */
export async function openEvents(
  connection: Connection,
  directory: string,
  signal: AbortSignal,
): Promise<AsyncGenerator<Event>> {
  const response = await connection.open(`/event?directory=${encodeURIComponent(directory)}`, signal)
  return readEvents(response)
}

async function* readEvents(response: Response): AsyncGenerator<Event> {
  let text = ""
  const decoder = new TextDecoder()
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    const frames = text.split("\n\n")
    text = frames.pop() ?? ""
    for (const frame of frames) {
      const event = readEvent(frame)
      if (event) yield event
    }
  }
}

/** What this program does not know, as from a newer server, is left out. */
function readEvent(frame: string): Event | undefined {
  const data = frame.split("\n").flatMap((line) => (line.startsWith("data:") ? [line.slice("data:".length)] : []))
  const value: unknown = data.length > 0 ? JSON.parse(data.join("\n")) : undefined
  if (!Value.Check(Envelope, value) || !isKnown(value.type)) return undefined
  return Value.Check(eventProperties[value.type], value.properties) ? (value as Event) : undefined
}

const isKnown = (type: string): type is keyof typeof eventProperties => Object.hasOwn(eventProperties, type)

import type { Event } from "../src/schema/event"

/** What an event stream (`GET /event`) tells, until it ends or the loop over it is left. */
export async function* readEvents({ body }: Response): AsyncGenerator<Event> {
  const decoder = new TextDecoder()
  let buffer = ""
  for await (const bytes of body ?? []) {
    buffer += decoder.decode(bytes, { stream: true })
    const frames = buffer.split("\n\n")
    buffer = frames.pop() ?? ""
    for (const frame of frames) {
      const data = frame.split("\n").find((line) => line.startsWith("data: "))
      if (data) yield JSON.parse(data.slice("data: ".length))
    }
  }
}

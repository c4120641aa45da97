import type { Event } from "../../src/schema/event"
import { script } from "./script"
import type { TestServer } from "./server"

/** Runs a prompt whose model makes these calls, one step each, and answers the parts of the calls. */
export async function calls(it: TestServer, ...wanted: { tool: string; input?: object }[]) {
  const { body: session } = await it.call("POST", "/session", { title: "Calls" })
  await it.call("POST", `/session/${session.id}/message`, script(...wanted.map((call) => [call]), "Done."))
  const { body: messages } = await it.call("GET", `/session/${session.id}/message`)
  // biome-ignore lint/suspicious/noExplicitAny: parts as they come
  return messages.flatMap((message: any) => message.parts).filter((part: any) => part.type === "tool")
}

/** Whether an event says that a call runs and has shown something. */
export const isUnderWay = (event: Event) =>
  event.type === "message.part.updated" &&
  event.properties.part.type === "tool" &&
  event.properties.part.state.status === "running" &&
  event.properties.part.state.metadata !== undefined

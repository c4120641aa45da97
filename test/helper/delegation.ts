import type { Event } from "../../src/schema/event"
import { script } from "./script"
import { type TestServer, testServer } from "./server"

export interface Entry {
  // biome-ignore lint/suspicious/noExplicitAny: messages as they come
  info: any
  // biome-ignore lint/suspicious/noExplicitAny: parts as they come
  parts: any[]
}

/** A call that waits until the test has answered its permission request. */
export const held = { tool: "bash", input: { command: "echo held" } }

/** A `task` call whose subagent plays `steps`. */
export const task = (description: string, ...steps: unknown[]) => ({
  tool: "task",
  input: { description, prompt: script(...steps).parts[0]?.text, subagent_type: "general" },
})

/**
 * A server where `bash` asks, with a session that has called `tasks` in one step and plays `later` in the next ones; each
 * subagent waits for a permission. `answer` settles with the session's run.
 */
export async function delegation(tasks: object[], later: unknown[], env: Record<string, string> = {}) {
  const it = await testServer({ config: { permission: { bash: "ask" } }, env })
  const id: string = (await it.call("POST", "/session", { title: "Parent" })).body.id
  const answer = it.call("POST", `/session/${id}/message`, script(tasks, ...later))
  const children = await Promise.all(tasks.map((_, index) => nth(it, index + 1, isChildOf(id))))
  const ids = children.flatMap(({ properties }) => ("sessionID" in properties ? [properties.sessionID ?? ""] : []))
  await Promise.all(ids.map((child) => asks(it, child)))
  return Object.assign(it, {
    id,
    children: ids,
    answer,
    detach: () => it.call("POST", `/experimental/session/${id}/background`),
    messages: async (session = id): Promise<Entry[]> => (await it.call("GET", `/session/${session}/message`)).body,
    status: async () => (await it.call("GET", "/session/status")).body,
  })
}

const isChildOf = (id: string) => (event: Event) =>
  event.type === "session.created" && event.properties.info.parentID === id

/** Allows what a session asks for. */
export async function allow(it: TestServer, sessionID: string): Promise<void> {
  const { properties } = await asks(it, sessionID)
  await it.call("POST", `/permission/${"id" in properties ? properties.id : ""}/reply`, { reply: "once" })
}

/** The session's first permission request. */
export const asks = (it: TestServer, sessionID: string): Promise<Event> =>
  it.waitFor((event) => event.type === "permission.asked" && event.properties.sessionID === sessionID)

/** The session has become idle so often. */
export const idle = (it: TestServer, sessionID: string, times = 1): Promise<Event> =>
  nth(it, times, (event) => event.type === "session.idle" && event.properties.sessionID === sessionID)

/** The session has got a synthetic text. */
export const noted = (it: TestServer, sessionID: string): Promise<Event> =>
  it.waitFor(
    ({ type, properties }) =>
      type === "message.part.updated" &&
      "part" in properties &&
      properties.part.sessionID === sessionID &&
      properties.part.type === "text" &&
      properties.part.synthetic === true,
  )

/** The n-th event that fits, counted from the first of all. */
function nth(it: TestServer, count: number, fits: (event: Event) => boolean): Promise<Event> {
  let seen = 0
  return it.waitFor((event) => fits(event) && ++seen === count)
}

import { notFound } from "../base/error"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import type { EventProperties } from "../schema/event"
import { requestTui, type TuiRequest } from "./control"

/** The events that drive terminal clients. */
export type TuiEvent = { [T in TuiEventType]: { type: T; properties: EventProperties<T> } }[TuiEventType]
type TuiEventType = "tui.prompt.append" | "tui.command.execute" | "tui.toast.show" | "tui.session.select"

/** Milliseconds that a toast is shown if nobody says how long. */
const TOAST = 5000

/** Names of commands from before they had dots. Callers know only these. */
const OLD_NAMES: Record<string, string> = {
  session_new: "session.new",
  session_share: "session.share",
  session_interrupt: "session.interrupt",
  session_compact: "session.compact",
  messages_page_up: "session.page.up",
  messages_page_down: "session.page.down",
  messages_line_up: "session.line.up",
  messages_line_down: "session.line.down",
  messages_half_page_up: "session.half.page.up",
  messages_half_page_down: "session.half.page.down",
  messages_first: "session.first",
  messages_last: "session.last",
  agent_cycle: "agent.cycle",
}

/**
 * Drives the terminal clients of a directory: publishes the event, which those that listen act on, and hands the request to
 * one that polls. Answers what that one answers, else true.
 */
export async function driveTui(instance: Instance, event: TuiEvent, request: TuiRequest): Promise<boolean> {
  switch (event.type) {
    case "tui.toast.show":
      publish(instance, event.type, { ...event.properties, duration: event.properties.duration ?? TOAST })
      break
    case "tui.prompt.append":
      publish(instance, event.type, event.properties)
      break
    case "tui.command.execute":
      publish(instance, event.type, event.properties)
      break
    case "tui.session.select":
      publish(instance, event.type, event.properties)
      break
  }
  return requestTui(instance, request)
}

/** The event of a command by its old name. For other names it has no command, and clients do nothing. */
export function commandEvent(name: string): TuiEvent {
  const command = Object.hasOwn(OLD_NAMES, name) ? OLD_NAMES[name] : undefined
  return { type: "tui.command.execute", properties: command === undefined ? {} : { command } }
}

/** The event that shows a session. Throws 404 for an unknown one. */
export async function sessionEvent({ app }: Instance, sessionID: string): Promise<TuiEvent> {
  if (!(await app.store.findSession(sessionID))) throw notFound(`Session not found: ${sessionID}`)
  return { type: "tui.session.select", properties: { sessionID } }
}

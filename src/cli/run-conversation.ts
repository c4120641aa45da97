import { Type } from "@sinclair/typebox"
import { errorMessage } from "../base/error"
import type { Event, EventProperties } from "../schema/event"
import type { Message } from "../schema/message"
import { MessageEntry } from "../schema/message-entry"
import type { Part } from "../schema/part"
import type { Connection } from "./connection"
import { openEvents } from "./run-events"
import type { RunOutput } from "./run-output"
import { RunSession } from "./run-session"
import { within } from "./within"

export interface Conversation {
  connection: Connection
  session: typeof RunSession.static
  output: RunOutput
  /** Whether permissions are granted; else they are rejected, because nobody is there to ask. */
  auto: boolean
}

/** Milliseconds for the last events, should they come later than the answer. */
const GRACE = 1000

/**
 * Sends the prompt (`path` below the session) and tells what happens until it is answered. Answers whether it was: not if
 * an error ended the run, or a permission that was rejected. Throws `CommandError` when the server refuses it.
 */
export async function converse(conversation: Conversation, path: string, body: object): Promise<boolean> {
  const { connection, session, output } = conversation
  const stop = new AbortController()
  const listener = createListener(conversation)
  const events = await openEvents(connection, session.directory, stop.signal)
  const following = follow(events, listener).catch((error) => {
    if (!stop.signal.aborted) output.warn(`The events of the server broke off: ${errorMessage(error)}`)
  })
  try {
    const answer = await connection.call(MessageEntry, "POST", `/session/${session.id}/${path}`, body)
    await within(GRACE, listener.idle(), following)
    listener.settle(answer)
  } catch (error) {
    // Also told by an event, which may be still on its way.
    if (!listener.failed()) throw error
  } finally {
    stop.abort()
    await following
  }
  return !listener.failed()
}

async function follow(events: AsyncGenerator<Event>, { hear }: Listener): Promise<void> {
  for await (const event of events) await hear(event)
}

type Listener = ReturnType<typeof createListener>
type Failure = NonNullable<EventProperties<"session.error">["error"]>

/** Hears the events of a directory and tells those of one session to its output, each part once. */
function createListener({ connection, session, output, auto }: Conversation) {
  const answers = new Set<string>()
  const told = new Set<string>()
  const errors = new Set<string>()
  const family = new Map([[session.id, true]])
  let rejected = false
  let idle = Promise.withResolvers<void>()

  const part = (part: Part) => {
    if (told.has(part.id) || !answers.has(part.messageID) || !isComplete(part)) return
    told.add(part.id)
    output.part(part)
  }
  const fail = (error: Failure) => {
    const text = JSON.stringify(error)
    if (!errors.has(text)) output.error(error)
    errors.add(text)
  }
  const begin = (info: Message) => {
    if (info.role !== "assistant") return
    if (answers.size === 0) output.begin(info)
    answers.add(info.id)
  }
  /** Tells what of the answer no event has told. */
  const settle = ({ info, parts }: MessageEntry) => {
    begin(info)
    for (const each of parts) part(each)
    if (info.role === "assistant" && info.error) fail(info.error)
  }
  /** Whether a session is that of the run, or was begun by it. */
  const isOurs = async (id: string): Promise<boolean> => {
    const known = family.get(id)
    if (known !== undefined) return known
    const { parentID } = await connection.call(RunSession, "GET", `/session/${id}`)
    const ours = parentID !== undefined && (await isOurs(parentID))
    family.set(id, ours)
    return ours
  }
  const reply = (path: string, body?: object) =>
    connection.call(Type.Unknown(), "POST", path, body).catch((error) => output.warn(errorMessage(error)))

  const asked = async ({ id, sessionID, permission, patterns }: EventProperties<"permission.asked">) => {
    if (!(await isOurs(sessionID))) return
    if (!auto) {
      rejected = true
      output.warn(`Rejected, because nobody is there to ask: ${permission} (${patterns.join(", ")}). See --auto.`)
    }
    await reply(`/permission/${id}/reply`, { reply: auto ? "once" : "reject" })
  }

  const hear = async (event: Event) => {
    const { type, properties } = event
    if (type === "permission.asked") return asked(properties)
    if (type === "question.asked" && (await isOurs(properties.sessionID)))
      return void (await reply(`/question/${properties.id}/reject`))
    if (!("sessionID" in properties) || properties.sessionID !== session.id) return
    if (type === "message.updated") begin(properties.info)
    if (type === "message.part.updated") part(properties.part)
    if (type === "session.error" && properties.error) fail(properties.error)
    if (type === "session.status" && properties.status.type === "idle") idle.resolve()
    if (type === "session.status" && properties.status.type === "busy") idle = Promise.withResolvers()
    if (type === "session.status" && properties.status.type === "retry") output.warn(properties.status.message)
  }
  return { hear, settle, idle: () => idle.promise, failed: () => rejected || errors.size > 0 }
}

function isComplete(part: Part): boolean {
  if (part.type === "text") return part.time?.end !== undefined && !part.synthetic && !part.ignored
  if (part.type === "reasoning") return part.time.end !== undefined
  if (part.type === "tool") return part.state.status === "completed" || part.state.status === "error"
  return true
}

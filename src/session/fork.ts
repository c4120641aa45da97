import { newID } from "../base/id"
import type { Instance } from "../instance/instance"
import type { Part } from "../schema/part"
import type { Session } from "../schema/session"
import type { MessageWithParts } from "../store/store"
import { type Entry, record } from "./record"
import { getSession, newSession } from "./session"
import { settled } from "./settle"
import { addTokens, NO_TOKENS } from "./tokens"

const FORKED = / \(fork #(\d+)\)$/

/**
 * A new session with copies of the messages before `messageID`, or of all without it (or with an unknown one). Allowed while
 * the original runs: what it is at is aborted in the copy. All of it is stored or nothing. Answers the session as it was made;
 * its sums follow from the copied steps. Throws 404.
 */
export async function forkSession(instance: Instance, sessionID: string, messageID?: string): Promise<Session> {
  const original = await getSession(instance.app, sessionID)
  const all = await instance.app.store.listMessages(sessionID)
  const end = all.findIndex(({ info }) => info.id === messageID)
  const now = instance.app.now()
  const copied = (end < 0 ? all : all.slice(0, end)).map((entry) => settled(entry, now))
  const fork = newSession(instance, { title: forkTitle(original.title) })
  await record(instance, [{ type: "session.created", info: fork }, ...copies(copied, fork.id), ...sumsOf(fork, copied)])
  return fork
}

function forkTitle(title: string): string {
  const count = Number(FORKED.exec(title)?.[1] ?? 0)
  return `${title.replace(FORKED, "")} (fork #${count + 1})`
}

function copies(messages: MessageWithParts[], sessionID: string): Entry[] {
  const ids = new Map(messages.map(({ info }) => [info.id, newID("message")]))
  const newMessageID = (id: string) => ids.get(id) ?? id
  return messages.flatMap(({ info, parts }): Entry[] => {
    const id = newMessageID(info.id)
    const copy =
      info.role === "assistant"
        ? { ...info, id, sessionID, parentID: newMessageID(info.parentID) }
        : { ...info, id, sessionID }
    return [
      { type: "message.updated", info: copy },
      ...parts.map((part) => ({
        type: "message.part.updated" as const,
        part: { ...part, ...tailOf(part, newMessageID), id: newID("part"), messageID: id, sessionID },
      })),
    ]
  })
}

/** A compaction names the first message of those that it keeps. */
const tailOf = (part: Part, newMessageID: (id: string) => string) =>
  part.type === "compaction" && part.tail_start_id ? { tail_start_id: newMessageID(part.tail_start_id) } : {}

function sumsOf(fork: Session, messages: MessageWithParts[]): Entry[] {
  const steps = messages.flatMap(({ parts }) => parts.filter((part) => part.type === "step-finish"))
  if (steps.length === 0) return []
  const cost = steps.reduce((sum, step) => sum + step.cost, 0)
  const tokens = steps.reduce((sum, step) => addTokens(sum, step.tokens), NO_TOKENS)
  return [{ type: "session.updated", info: { ...fork, cost, tokens } }]
}

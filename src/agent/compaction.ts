import { newID } from "../base/id"
import { getConfig } from "../config/config"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import type { UserMessage } from "../schema/message"
import type { CompactionPart, Part } from "../schema/part"
import type { Model } from "../schema/provider"
import { savePart } from "../session/message"
import { record } from "../session/record"
import { getSession } from "../session/session"
import type { Run } from "../session/status"
import type { MessageWithParts } from "../store/store"
import { getAgent } from "./agent"
import { conversationText, estimateTokens } from "./conversation-text"
import { newUserMessage } from "./new-message"
import { usableTokens } from "./overflow"
import { runStep } from "./step"

const TAIL_SHARE = 0.25
const TAIL_MIN = 2_000
const TAIL_MAX = 15_000

/**
 * Asks for a compaction: a user message that the loop answers with a summary. `overflow`: the vendor refused the last
 * prompt, which is then sent again after the summary.
 */
export async function requestCompaction(
  instance: Instance,
  {
    user,
    overflow,
    auto = true,
  }: { user: Pick<UserMessage, "sessionID" | "agent" | "model">; overflow: boolean; auto?: boolean },
): Promise<void> {
  const info = newUserMessage(instance, user)
  const part = { ...partIDs(info), type: "compaction" as const, auto, ...(auto && { overflow }) }
  await store(instance, info, [part])
}

interface Compaction {
  history: MessageWithParts[]
  user: UserMessage
  part: CompactionPart
  model: Model
  onStart(): void
}

/**
 * Answers a compaction request: the conversation goes to the model as text, its summary is stored as an assistant message.
 * An automatic compaction then makes the loop go on, by repeating the refused prompt or by asking to continue.
 */
export async function compact(
  instance: Instance,
  run: Run,
  { history, user, part, model, onStart }: Compaction,
): Promise<void> {
  const { sessionID } = user
  const earlier = history.filter(({ info }) => info.id !== user.id)
  const refused = part.overflow ? earlier.findLast(({ info }) => info.role === "user") : undefined
  const told = refused ? earlier.slice(0, earlier.indexOf(refused)) : earlier
  const tail = await chooseTail(instance, model, told)
  if (tail) await savePart(instance, { ...part, tail_start_id: tail })
  const agent = await getAgent(instance, "compaction")
  const session = await getSession(instance.app, sessionID)
  await runStep(instance, run, {
    session,
    history,
    user,
    agent,
    model,
    steps: 1,
    summary: [
      { role: "system", content: agent.prompt ?? "" },
      { role: "user", content: [{ type: "text", text: conversationText(told) }] },
    ],
    onStart,
  })
  const answer = (await instance.app.store.listMessages(sessionID)).findLast(
    ({ info }) => info.role === "assistant" && info.parentID === user.id,
  )?.info
  if (answer?.role !== "assistant" || answer.error || !answer.finish) return
  publish(instance, "session.compacted", { sessionID })
  if (!part.auto) return
  if (refused?.info.role !== "user") return askToContinue(instance, user, GO_ON)
  // With nothing but a summary before it, the prompt itself is what is too long.
  if (told.every(({ info }) => info.id === told[0]?.info.id || isSummary(info)))
    return askToContinue(instance, user, TOO_LONG)
  await repeat(instance, refused.info, refused.parts)
}

/** The first message of the turns that stay as they are: config `compaction.tail_turns`, within a budget of tokens. */
async function chooseTail(instance: Instance, model: Model, history: MessageWithParts[]): Promise<string | undefined> {
  const { tail_turns = 0, preserve_recent_tokens } = (await getConfig(instance)).compaction ?? {}
  if (tail_turns === 0) return undefined
  const usable = (await usableTokens(instance, model)) ?? TAIL_MAX / TAIL_SHARE
  const budget = preserve_recent_tokens ?? Math.min(TAIL_MAX, Math.max(TAIL_MIN, usable * TAIL_SHARE))
  let used = 0
  let turns = 0
  let start: string | undefined
  for (const entry of history.toReversed()) {
    used += estimateTokens(conversationText([entry]))
    if (used > budget) break
    if (entry.info.role !== "user") continue
    start = entry.info.id
    if (++turns === tail_turns) break
  }
  return start
}

async function repeat(instance: Instance, refused: UserMessage, parts: Part[]): Promise<void> {
  const info: UserMessage = { ...refused, id: newID("message"), time: { created: instance.app.now() } }
  delete info.summary
  await store(
    instance,
    info,
    parts.map((part) => ({ ...part, ...partIDs(info) })),
  )
}

const GO_ON =
  "Go on with the next step of the work. If nothing is left to do, or you cannot tell what comes next, say so."
const TOO_LONG =
  "My last message was too long for you, even by itself, and was left out. Tell me so, and how I can make it smaller: with less text, or with fewer or smaller attachments."

const isSummary = (info: MessageWithParts["info"]) => info.role === "assistant" && info.summary === true

async function askToContinue(instance: Instance, user: UserMessage, text: string): Promise<void> {
  const info = newUserMessage(instance, user)
  const now = instance.app.now()
  const part = {
    ...partIDs(info),
    type: "text" as const,
    text,
    synthetic: true,
    time: { start: now, end: now },
    metadata: { compaction_continue: true },
  }
  await store(instance, info, [part])
}

const partIDs = (info: UserMessage) => ({ id: newID("part"), sessionID: info.sessionID, messageID: info.id })

const store = (instance: Instance, info: UserMessage, parts: Part[]) =>
  record(instance, [
    { type: "message.updated", info },
    ...parts.map((part) => ({ type: "message.part.updated" as const, part })),
  ])

import { getConfig } from "../config/config"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { maxOutputTokens } from "../provider/call-options"
import { findModel } from "../provider/model"
import type { AssistantMessage, UserMessage } from "../schema/message"
import type { Part } from "../schema/part"
import type { Model } from "../schema/provider"
import type { RunError } from "../schema/run-error"
import { saveMessage } from "../session/message"

const MAX_RESERVED = 20_000

/**
 * Whether a compaction may help a prompt that the vendor refused as too long. Not the one that follows a compaction which has
 * left nothing to leave out: its refusal is final.
 */
export async function compactsAfter(instance: Instance, user: UserMessage): Promise<boolean> {
  if (!(await compactsByItself(instance))) return false
  return !followsCompaction(await instance.app.store.listParts(user.sessionID, user.id))
}

/** Whether the last answer used so many tokens that the next request may not fit its model any more. */
export async function needsCompaction(instance: Instance, last: AssistantMessage): Promise<boolean> {
  const { tokens } = last
  const used = tokens.total ?? tokens.input + tokens.output + tokens.cache.read + tokens.cache.write
  if (used === 0 || !(await compactsByItself(instance))) return false
  const model = await findModel(instance, last)
  const usable = model && (await usableTokens(instance, model))
  return usable !== undefined && used >= usable
}

/** Whether overflowing conversations are compacted without being asked: config `compaction.auto`, on by default. */
async function compactsByItself(instance: Instance): Promise<boolean> {
  if (instance.app.env.OPENCODE_DISABLE_AUTOCOMPACT) return false
  return (await getConfig(instance)).compaction?.auto !== false
}

/** Tokens of a model's context that requests may fill; undefined when the model has no known limit. */
export async function usableTokens(instance: Instance, model: Model): Promise<number | undefined> {
  const { context, input } = model.limit
  if (!context) return undefined
  const output = maxOutputTokens(instance, model)
  if (!input) return context - output
  const { reserved = Math.min(MAX_RESERVED, output) } = (await getConfig(instance)).compaction ?? {}
  return input - reserved
}

/** Whether these are the parts of the prompt with which the work goes on after a compaction. */
export const followsCompaction = (parts: Part[]): boolean =>
  parts.some((part) => part.type === "text" && part.metadata?.compaction_continue)

/**
 * Ends a run whose context was full again right after a compaction: what is left are the instructions, the tools and the
 * summary itself, which no further compaction makes smaller.
 */
export async function endTooLong(instance: Instance, message: AssistantMessage): Promise<void> {
  const { sessionID, providerID, modelID } = message
  const context = (await findModel(instance, message))?.limit.context
  const error: RunError = {
    name: "ContextOverflowError",
    data: {
      message: `The instructions, tools and summary alone fill the context of ${providerID}/${modelID} (${context} tokens), so that compacting does not help. Choose a model with a larger context, or shorten instructions and tools.`,
    },
  }
  message.error = error
  await saveMessage(instance, message)
  publish(instance, "session.error", { sessionID, error })
}

import type { LanguageModelV4Message, LanguageModelV4Prompt } from "@ai-sdk/provider"
import type { Model } from "../schema/provider"
import { cachePointOf } from "./packages"

const SYSTEM_POINTS = 2
const RECENT_POINTS = 2

/**
 * Marks where the vendor shall cache the prompt, for those that only do so where it is marked (Anthropic's models): the first
 * system messages, which stay the same, and the last messages, so that the next step finds all before them cached. Four
 * points are the most that are allowed.
 */
export function withCachePoints(model: Model, prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  const point = cachePointOf(model)
  if (!point) return prompt
  const system = prompt.filter((message) => message.role === "system").slice(0, SYSTEM_POINTS)
  const recent = prompt.filter((message) => message.role !== "system").slice(-RECENT_POINTS)
  const marked = new Set<LanguageModelV4Message>([...system, ...recent])
  const cached = (message: LanguageModelV4Message): LanguageModelV4Message => ({
    ...message,
    providerOptions: {
      ...message.providerOptions,
      [point.options]: { ...message.providerOptions?.[point.options], ...point.mark },
    },
  })
  return prompt.map((message) => (marked.has(message) ? cached(message) : message))
}

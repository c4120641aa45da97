import type { MessageWithParts } from "../store/store"

/** What was spent: on a model, or on all. Tokens as the vendors count them. */
export interface Spent {
  messages: number
  cost: number
  input: number
  output: number
  cacheRead: number
  cacheWrite: number
}

/** What sessions used. */
export interface Usage {
  sessions: number
  messages: number
  /** From the first message to the last, each day counted; 0 without any. */
  days: number
  total: Spent
  /** By `provider/model`. */
  models: Map<string, Spent>
  /** Calls of each tool. */
  tools: Map<string, number>
}

const DAY = 24 * 60 * 60 * 1000

const nothing = (): Spent => ({ messages: 0, cost: 0, input: 0, output: 0, cacheRead: 0, cacheWrite: 0 })

/** Sums up messages of sessions that were made at `since` (epoch milliseconds) or later. */
export function createUsage(since: number): { add(messages: MessageWithParts[]): void; usage(): Usage } {
  const total = nothing()
  const models = new Map<string, Spent>()
  const tools = new Map<string, number>()
  let sessions = 0
  let first = Number.POSITIVE_INFINITY
  let last = 0
  let count = 0
  return {
    add(messages) {
      const recent = messages.filter(({ info }) => info.time.created >= since)
      if (recent.length > 0) sessions++
      for (const { info, parts } of recent) {
        count++
        first = Math.min(first, info.time.created)
        last = Math.max(last, info.time.created)
        if (info.role !== "assistant") continue
        const name = `${info.providerID}/${info.modelID}`
        const model = models.get(name) ?? nothing()
        models.set(name, model)
        for (const spent of [total, model]) {
          spent.messages++
          spent.cost += info.cost
          spent.input += info.tokens.input
          spent.output += info.tokens.output + info.tokens.reasoning
          spent.cacheRead += info.tokens.cache.read
          spent.cacheWrite += info.tokens.cache.write
        }
        for (const part of parts) if (part.type === "tool") tools.set(part.tool, (tools.get(part.tool) ?? 0) + 1)
      }
    },
    usage: () => {
      const days = count === 0 ? 0 : Math.floor(last / DAY) - Math.floor(first / DAY) + 1
      return { sessions, messages: count, days, total, models, tools }
    },
  }
}

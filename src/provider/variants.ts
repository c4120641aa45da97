import type { Model } from "../schema/provider"

type Variants = NonNullable<Model["variants"]>
type ReasoningOptions = { type: string; values?: unknown[] }[]

const BUDGET_HIGH = 16_000
const BUDGET_MAX = 31_999
const USUAL_EFFORTS = ["low", "medium", "high"]

/**
 * The variants of a reasoning model: name -> the provider options that a prompt with this variant adds. They depend on the
 * package that talks to the vendor. `published` is what the catalogue knows of the model's reasoning settings.
 */
export function reasoningVariants(model: Model, published: ReasoningOptions = []): Variants {
  if (!model.capabilities.reasoning) return {}
  const known = published.find((option) => option.type === "effort")?.values
  const efforts = known?.filter((value): value is string => typeof value === "string")
  switch (model.api.npm) {
    case "@ai-sdk/anthropic":
    case "@ai-sdk/google-vertex/anthropic":
      return efforts?.length ? byEffort(efforts, adaptiveThinking) : thinkingBudgets(model)
    case "@ai-sdk/google":
    case "@ai-sdk/google-vertex":
      return efforts?.length ? byEffort(efforts, thinkingLevel) : googleBudgets(model)
    case "@ai-sdk/openai":
    case "@ai-sdk/azure":
      return byEffort(efforts ?? USUAL_EFFORTS, (effort) => ({
        reasoningEffort: effort,
        reasoningSummary: "auto",
        include: ["reasoning.encrypted_content"],
      }))
    case "@openrouter/ai-sdk-provider":
      return byEffort(efforts ?? USUAL_EFFORTS, (effort) => ({ reasoning: { effort } }))
    default:
      return byEffort(efforts ?? USUAL_EFFORTS, (reasoningEffort) => ({ reasoningEffort }))
  }
}

const byEffort = (efforts: string[], options: (effort: string) => Record<string, unknown>): Variants =>
  Object.fromEntries(efforts.map((effort) => [effort, options(effort)]))

const adaptiveThinking = (effort: string) => ({ thinking: { type: "adaptive", display: "summarized" }, effort })

const thinkingLevel = (level: string) => ({ thinkingConfig: { includeThoughts: true, thinkingLevel: level } })

/** A budget must stay below the output limit, and leave room for the answer. */
function thinkingBudgets({ limit }: Model): Variants {
  const thinking = (budgetTokens: number) => ({ thinking: { type: "enabled", budgetTokens } })
  const output = limit.output || Number.POSITIVE_INFINITY
  return {
    high: thinking(Math.min(BUDGET_HIGH, Math.floor(output / 2 - 1))),
    max: thinking(Math.min(BUDGET_MAX, output - 1)),
  }
}

function googleBudgets(model: Model): Variants {
  const budget = (thinkingBudget: number) => ({ thinkingConfig: { includeThoughts: true, thinkingBudget } })
  // What Google documents as the largest budgets of the 2.5 family.
  return { high: budget(BUDGET_HIGH), max: budget(model.id.includes("pro") ? 32_768 : 24_576) }
}

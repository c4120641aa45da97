import type { LanguageModelV4Usage, SharedV4ProviderMetadata } from "@ai-sdk/provider"
import type { AssistantMessage } from "../schema/message"
import type { Model } from "../schema/provider"

export type Tokens = AssistantMessage["tokens"]

const MILLION = 1_000_000
const OVER_200K = 200_000

/**
 * The tokens of a step as the wire has them: `input` without cached ones, `output` without reasoning, `total` as the vendor
 * says or as the sum. `metadata` is what came with the finish: some packages only say there what was written to a cache.
 */
export function tokensOf(usage: LanguageModelV4Usage, metadata?: SharedV4ProviderMetadata): Tokens {
  const { inputTokens, outputTokens, raw } = usage
  const read = count(inputTokens.cacheRead)
  const write = count(inputTokens.cacheWrite) || cacheWriteOf(metadata)
  const input = inputTokens.noCache ?? count(inputTokens.total) - read - count(inputTokens.cacheWrite)
  const reasoning = count(outputTokens.reasoning)
  const output = outputTokens.total === undefined ? count(outputTokens.text) : outputTokens.total - reasoning
  const vendor = raw?.total_tokens ?? raw?.totalTokens ?? raw?.totalTokenCount
  const sum = count(inputTokens.total) + count(outputTokens.total)
  const total = typeof vendor === "number" ? vendor : sum
  return {
    ...(inputTokens.total !== undefined || outputTokens.total !== undefined ? { total: count(total) } : {}),
    input: count(input),
    output: count(output),
    reasoning,
    cache: { read, write },
  }
}

/**
 * What a step costs in US dollars. Prices are per million tokens; reasoning is charged as output. Above the size of a tier
 * (input and cached tokens together) its prices hold for the whole step.
 */
export function costOf(model: Model, tokens: Tokens): number {
  const size = tokens.input + tokens.cache.read + tokens.cache.write
  const price = priceFor(model, size)
  const sum =
    tokens.input * price.input +
    (tokens.output + tokens.reasoning) * price.output +
    tokens.cache.read * price.cache.read +
    tokens.cache.write * price.cache.write
  // In whole millionths of a cent, so that sums of floating point numbers stay readable.
  return Math.round((sum / MILLION) * 1e10) / 1e10
}

function priceFor({ cost }: Model, size: number) {
  const tiers = cost.tiers?.filter(({ tier }) => size > tier.size).sort((a, b) => b.tier.size - a.tier.size)
  if (tiers?.[0]) return tiers[0]
  if (!cost.tiers && cost.experimentalOver200K && size > OVER_200K) return cost.experimentalOver200K
  return cost
}

function cacheWriteOf(metadata: SharedV4ProviderMetadata | undefined): number {
  const usage = metadata?.bedrock?.usage
  if (typeof usage === "object" && usage !== null && "cacheWriteInputTokens" in usage)
    return count(usage.cacheWriteInputTokens)
  return count(metadata?.anthropic?.cacheCreationInputTokens)
}

/** A vendor may send nothing, a negative difference or nonsense; the sums of a session must survive that. */
const count = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0

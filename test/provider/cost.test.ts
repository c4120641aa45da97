import { expect, test } from "bun:test"
import type { LanguageModelV4Usage } from "@ai-sdk/provider"
import { costOf, tokensOf } from "../../src/provider/cost"
import { modelFrom } from "../../src/provider/model-object"

const place = { id: "m", providerID: "p", npm: "x", api: "" }
const tokens = (input: number, output: number, read = 0, write = 0, reasoning = 0) => ({
  input,
  output,
  reasoning,
  cache: { read, write },
})

test("prices are per million; reasoning counts as output; cached tokens have their own", () => {
  const model = modelFrom({ cost: { input: 1, output: 2, cache_read: 0.1, cache_write: 1.25 } }, place)
  expect(costOf(model, tokens(100, 3, 1000, 0, 2))).toBe(0.00021)
  expect(costOf(model, tokens(600, 50, 400))).toBe(0.00074)
  expect(costOf(model, tokens(0, 0, 0, 1_000_000))).toBe(1.25)
  expect(costOf(modelFrom({}, place), tokens(1e6, 1e6))).toBe(0)
})

test("above the size of a tier its prices hold, the largest one first", () => {
  const over = modelFrom({ cost: { input: 1, output: 1, context_over_200k: { input: 3, output: 3 } } }, place)
  expect(costOf(over, tokens(200_000, 0))).toBe(0.2)
  expect(costOf(over, tokens(100_000, 0, 100_001))).toBe(0.3)
  const tier = (size: number, input: number) => ({ input, output: 0, tier: { type: "context" as const, size } })
  const tiers = modelFrom({ cost: { input: 1, output: 1, tiers: [tier(32_000, 2), tier(128_000, 4)] } }, place)
  expect(costOf(tiers, tokens(10_000, 0))).toBe(0.01)
  expect(costOf(tiers, tokens(100_000, 0))).toBe(0.2)
  expect(costOf(tiers, tokens(200_000, 0))).toBe(0.8)
})

test("missing, negative and nonsensical counts are zero", () => {
  const usage = (inputTokens: object, outputTokens: object): LanguageModelV4Usage => ({
    inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined, ...inputTokens },
    outputTokens: { total: undefined, text: undefined, reasoning: undefined, ...outputTokens },
  })
  expect(tokensOf(usage({}, {}))).toEqual(tokens(0, 0))
  expect(tokensOf(usage({ total: 5, noCache: -3, cacheRead: 8 }, { total: 2, reasoning: 4 }))).toEqual({
    total: 7,
    ...tokens(0, 0, 8, 0, 4),
  })
  expect(tokensOf(usage({ total: Number.NaN }, { total: 1 }))).toEqual({ total: 1, ...tokens(0, 1) })
})

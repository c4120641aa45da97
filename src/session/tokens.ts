import type { Tokens } from "../schema/session"

export const NO_TOKENS: Tokens = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }

/** The sums that a session keeps of its steps. */
export const addTokens = (sum: Tokens, more: Tokens): Tokens => ({
  input: sum.input + more.input,
  output: sum.output + more.output,
  reasoning: sum.reasoning + more.reasoning,
  cache: { read: sum.cache.read + more.cache.read, write: sum.cache.write + more.cache.write },
})

import type { StepFinishPart } from "../schema/part"
import type { Session } from "../schema/session"
import type { Tokens } from "../schema/tokens"

export const NO_TOKENS: Tokens = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }

/** The sums that a session keeps of its steps. */
export const addTokens = (sum: Tokens, more: Tokens): Tokens => ({
  input: sum.input + more.input,
  output: sum.output + more.output,
  reasoning: sum.reasoning + more.reasoning,
  cache: { read: sum.cache.read + more.cache.read, write: sum.cache.write + more.cache.write },
})

/** The session without the sums of steps that were removed from it. */
export function withoutSteps(session: Session, steps: StepFinishPart[]): Session {
  const cost = steps.reduce((sum, step) => sum - step.cost, session.cost ?? 0)
  return {
    ...session,
    ...(session.cost !== undefined && { cost: Math.max(cost, 0) }),
    ...(session.tokens && { tokens: steps.reduce(withoutTokens, session.tokens) }),
  }
}

const withoutTokens = (sum: Tokens, { tokens }: StepFinishPart): Tokens => ({
  input: Math.max(sum.input - tokens.input, 0),
  output: Math.max(sum.output - tokens.output, 0),
  reasoning: Math.max(sum.reasoning - tokens.reasoning, 0),
  cache: {
    read: Math.max(sum.cache.read - tokens.cache.read, 0),
    write: Math.max(sum.cache.write - tokens.cache.write, 0),
  },
})

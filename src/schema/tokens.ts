import { type Static, Type } from "@sinclair/typebox"

const counts = {
  cache: Type.Object({ read: Type.Number(), write: Type.Number() }),
  input: Type.Number(),
  output: Type.Number(),
  reasoning: Type.Number(),
}

/** Sums of several model calls: `input` without cached, `output` without reasoning tokens. */
export const Tokens = Type.Object(counts)
export type Tokens = Static<typeof Tokens>

/** Tokens of one model call. `total` is the vendor's own sum. */
export const StepTokens = Type.Object({ ...counts, total: Type.Optional(Type.Number()) })
export type StepTokens = Static<typeof StepTokens>

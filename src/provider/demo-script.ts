import { type Static, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"

const closed = { additionalProperties: false }

const Action = Type.Union([
  Type.String(),
  Type.Object({ text: Type.String() }, closed),
  Type.Object({ reasoning: Type.String() }, closed),
  Type.Object(
    {
      tool: Type.String(),
      input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      raw: Type.Optional(Type.String()),
      id: Type.Optional(Type.String()),
    },
    closed,
  ),
  Type.Object({ wait: Type.Number({ minimum: 0 }) }, closed),
  Type.Object({ stall: Type.Literal(true) }, closed),
  Type.Object({ cut: Type.Literal(true) }, closed),
  Type.Object({ fail: Type.Unknown() }, closed),
  Type.Object(
    { flood: Type.Object({ count: Type.Integer({ minimum: 1 }), bytes: Type.Integer({ minimum: 1 }) }, closed) },
    closed,
  ),
])
/** One thing that the demo model does while it answers. */
export type Action = Static<typeof Action>

const Usage = Type.Object(
  {
    input: Type.Integer({ minimum: 0 }),
    output: Type.Integer({ minimum: 0 }),
    reasoning: Type.Optional(Type.Integer({ minimum: 0 })),
    cached: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  closed,
)

const FullStep = Type.Object(
  {
    do: Type.Optional(Type.Array(Action)),
    error: Type.Optional(
      Type.Object(
        {
          status: Type.Integer({ minimum: 400, maximum: 599 }),
          message: Type.Optional(Type.String()),
          headers: Type.Optional(Type.Record(Type.String(), Type.String())),
          body: Type.Optional(Type.String()),
        },
        closed,
      ),
    ),
    finish: Type.Optional(
      Type.Union(
        (["stop", "length", "content-filter", "tool-calls", "error", "other"] as const).map((each) =>
          Type.Literal(each),
        ),
      ),
    ),
    usage: Type.Optional(Usage),
    chunk: Type.Optional(Type.Integer({ minimum: 1 })),
    delay: Type.Optional(Type.Number({ minimum: 0 })),
  },
  closed,
)
/** What one model call plays. */
export type Step = Static<typeof FullStep>

const ShortStep = Type.Union([Action, Type.Array(Action), FullStep])
const Script = Type.Array(
  Type.Union([ShortStep, Type.Object({ attempts: Type.Array(ShortStep, { minItems: 1 }) }, closed)]),
)

/** The attempts of each step: the n-th call of the same step plays the n-th attempt, further ones the last. */
export type Script = Step[][]

/**
 * The script in a prompt: the JSON after `@@script`, up to its closing bracket. Undefined without that mark; an error
 * says what is wrong with it. The format is described in `demo-model.ts`.
 */
export function findScript(text: string): Script | Error | undefined {
  const mark = /@@script\s*/.exec(text)
  if (!mark) return undefined
  const json = leadingArray(text.slice(mark.index + mark[0].length))
  if (json === undefined) return new Error("After @@script a JSON list is expected, from [ to its closing ].")
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    return new Error(`The list after @@script is not JSON: ${error instanceof Error ? error.message : error}`)
  }
  if (Value.Check(Script, value)) return value.map(attemptsOf)
  const wrong = Array.isArray(value) ? value.findIndex((each) => !Value.Check(Script, [each])) : 0
  return new Error(`Step ${wrong} of the script is not a valid step.`)
}

function attemptsOf(step: Static<typeof Script>[number]): Step[] {
  if (typeof step === "object" && "attempts" in step) return step.attempts.map(fullStep)
  return [fullStep(step)]
}

function fullStep(step: Static<typeof ShortStep>): Step {
  if (Array.isArray(step)) return { do: step }
  return Value.Check(Action, step) ? { do: [step] } : Value.Check(FullStep, step) ? step : {}
}

/** The JSON list at the start of a text, brackets in strings not counted. */
function leadingArray(text: string): string | undefined {
  if (!text.startsWith("[")) return undefined
  let depth = 0
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]]/gs)) {
    if (token[0] === "[") depth++
    if (token[0] === "]" && --depth === 0) return text.slice(0, token.index + 1)
  }
  return undefined
}

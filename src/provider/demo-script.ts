/**
 * A script is a JSON list after the word `@@script`, anywhere in the last user message (a fenced block around it is fine):
 *
 *     Please run this. @@script [
 *       [{"reasoning": "I look first."}, "Reading.", {"tool": "read", "input": {"filePath": "/project/a.txt"}}],
 *       {"do": ["It says alpha."], "usage": {"input": 100, "output": 20}}
 *     ]
 *
 * The list has one STEP per model call: the first call after the user's message plays the first step, the call with the
 * tool's result the second, and so on. Past its end the model says "End of the script." A STEP is
 *
 *   - an action, or a list of actions;
 *   - `{"do": [actions], "finish"?, "usage"?, "chunk"?, "delay"?}`: `finish` is the finish reason (default `tool-calls` when
 *     a tool is called, else `stop`); `usage` is `{"input", "output", "reasoning"?, "cached"?}` in tokens (default: a quarter
 *     of the characters; `input` includes `cached`, `output` includes `reasoning`); `chunk` is how many characters one delta
 *     has (default 24); `delay` is the pause between deltas in ms;
 *   - `{"error": {"status": 429, "message"?, "headers"?: {"retry-after-ms": "50"}, "body"?}}`: the vendor refuses the call;
 *   - `{"attempts": [STEP, STEP, ...]}`: the first call plays the first, its retry the second, and so on.
 *
 * An ACTION is
 *
 *   - `"text"` or `{"text": "..."}`, `{"reasoning": "..."}`: streamed in deltas;
 *   - `{"tool": "bash", "input": {...}, "id"?}`: a tool call; `"raw": "{bad"` in place of `input` sends arguments as they are;
 *   - `{"wait": 500}`: a pause in ms; `{"stall": true}`: silence until the run is aborted;
 *   - `{"cut": true}`: the connection breaks; `{"fail": {"message": "..."}}`: an error object inside the stream;
 *   - `{"flood": {"count": 1000, "bytes": 50}}`: so many text deltas of so many characters.
 */

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
 * says what is wrong with it.
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

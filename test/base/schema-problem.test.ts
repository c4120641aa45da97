import { describe, expect, test } from "bun:test"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { cleanValue, firstProblem, listProblems, problemText } from "../../src/base/schema-problem"
import { Auth } from "../../src/schema/auth"
import { Config } from "../../src/schema/config"
import { AgentPartInput, FilePartInput, SubtaskPartInput, TextPartInput } from "../../src/schema/part-input"

const Level = Type.Union([Type.Literal("low"), Type.Literal("high")])
const Prompt = Type.Object({
  messageID: Type.Optional(Type.String({ pattern: "^msg" })),
  model: Type.Optional(Type.Object({ providerID: Type.String(), modelID: Type.String() })),
  noReply: Type.Optional(Type.Boolean()),
  level: Type.Optional(Level),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  tools: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
  parts: Type.Array(Type.Union([TextPartInput, FilePartInput, AgentPartInput, SubtaskPartInput])),
})
const parts: unknown[] = []
const kinds = ["text", "file", "agent", "subtask"].map((type) => `{ readonly "type": "${type}", ... }`).join(" | ")

describe("the text of the first problem", () => {
  test.each<[unknown, string]>([
    [undefined, "Expected object, got undefined"],
    [null, "Expected object, got null"],
    [[], "Expected object, got []"],
    [{}, 'Missing key\n  at ["parts"]'],
    [{ parts: "x" }, 'Expected array, got "x"\n  at ["parts"]'],
    [{ parts: [{ type: "bogus" }] }, `Expected ${kinds}, got {"type":"bogus"}\n  at ["parts"][0]`],
    [{ parts: [{ type: "text" }] }, 'Missing key\n  at ["parts"][0]["text"]'],
    [{ parts: [{ type: "text", text: "a" }, 5] }, `Expected ${kinds}, got 5\n  at ["parts"][1]`],
    [{ parts, model: "a/b" }, 'Expected object | null, got "a/b"\n  at ["model"]'],
    [{ parts, model: { providerID: "a" } }, 'Missing key\n  at ["model"]["modelID"]'],
    [{ parts, noReply: "yes" }, 'Expected boolean | null, got "yes"\n  at ["noReply"]'],
    [{ parts, messageID: 5 }, 'Expected string | null, got 5\n  at ["messageID"]'],
    [{ parts, messageID: "bad" }, 'Expected a string starting with "msg", got "bad"\n  at ["messageID"]'],
    [{ parts, level: "mid" }, 'Expected "low" | "high", got "mid"\n  at ["level"]'],
    [{ parts, level: 5 }, 'Expected "low" | "high" | null, got 5\n  at ["level"]'],
    [{ parts, tools: { bash: "no" } }, 'Expected boolean, got "no"\n  at ["tools"]["bash"]'],
    [{ parts, limit: Number.NaN }, 'Expected an integer, got NaN\n  at ["limit"]'],
    [{ parts, limit: 0 }, 'Expected a value greater than or equal to 1, got 0\n  at ["limit"]'],
    [{ parts, limit: 201 }, 'Expected a value less than or equal to 200, got 201\n  at ["limit"]'],
  ])("%j", (value, text) => {
    const problem = firstProblem(Prompt, value)
    expect(problem && problemText(problem)).toBe(text)
  })

  test("names a union that has a name", () => {
    expect(firstProblem(Auth, {})?.message).toBe("Expected Auth, got {}")
    expect(firstProblem(Auth, { type: "bogus", key: "k" })?.message).toBe(
      'Expected Auth, got {"type":"bogus","key":"k"}',
    )
    expect(firstProblem(Auth, { type: "api" })).toEqual({ path: ["key"], message: "Missing key" })
  })

  test("uses the words that a schema brings along", () => {
    const Version = Type.String({ pattern: "^\\d+\\.\\d+\\.\\d+$", expected: "a semantic version" })
    expect(firstProblem(Version, "1.x")?.message).toBe("Expected a semantic version")
  })

  test("does not repeat a large value", () => {
    expect(firstProblem(Type.Number(), "x".repeat(100_000))!.message.length).toBeLessThan(600)
  })
})

test("null stands for an optional field that is left out, in requests only", () => {
  const value = { parts, model: null, tools: null }
  expect(firstProblem(Prompt, value)).toBeUndefined()
  expect(cleanValue(Prompt, value)).toEqual({ parts })
  expect(firstProblem(Prompt, value, "undefined")).toEqual({
    path: ["model"],
    message: "Expected object | undefined, got null",
  })
})

test("all problems of a configuration are listed", () => {
  expect(listProblems(Config, { model: 5, username: "me", permission: { bash: "sometimes" } })).toEqual([
    { path: ["model"], message: "Expected string | undefined, got 5" },
    { path: ["permission", "bash"], message: 'Expected PermissionActionConfig, got "sometimes"' },
  ])
})

test("unknown keys are left out, free values are kept as they are", () => {
  const Shape = Type.Object({
    id: Type.String(),
    part: Type.Union([TextPartInput, FilePartInput]),
    extra: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  })
  const value = JSON.parse(
    '{"id":"a","x":1,"part":{"type":"text","text":"t","y":2},"extra":{"z":{"deep":null},"__proto__":{"evil":true}}}',
  )
  expect(cleanValue(Shape, value)).toEqual({
    id: "a",
    part: { type: "text", text: "t" },
    extra: { z: { deep: null } },
  })
})

test("agrees with the validator of the schema library about what fits", () => {
  const values = [
    undefined,
    null,
    true,
    0,
    -1,
    1.5,
    "",
    "msg_1",
    "low",
    [],
    [1],
    {},
    { type: "text" },
    { type: "text", text: "t" },
  ]
  const fields = Object.entries(Prompt.properties)
  let refused = 0
  for (const [key, schema] of fields)
    for (const value of values) {
      const field = { parts, [key]: value }
      const shape = Type.Object({ parts: Prompt.properties.parts, [key]: schema })
      const fits = firstProblem(shape, field, "undefined") === undefined
      expect({ field, fits }).toEqual({ field, fits: Value.Check(shape, JSON.parse(JSON.stringify(field))) })
      if (!fits) refused++
    }
  expect(refused).toBeGreaterThan(50)
})

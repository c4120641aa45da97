import { expect, test } from "bun:test"
import type { LanguageModelV4CallOptions, LanguageModelV4Prompt, LanguageModelV4StreamPart } from "@ai-sdk/provider"
import { createDemoModel } from "../../src/provider/demo-model"
import { findScript } from "../../src/provider/demo-script"

const user = (text: string): LanguageModelV4Prompt[number] => ({ role: "user", content: [{ type: "text", text }] })
const calls = (toolCallId: string, toolName: string): LanguageModelV4Prompt[number] => ({
  role: "assistant",
  content: [{ type: "tool-call", toolCallId, toolName, input: {} }],
})
const result = (toolCallId: string, toolName: string, value: string): LanguageModelV4Prompt[number] => ({
  role: "tool",
  content: [{ type: "tool-result", toolCallId, toolName, output: { type: "text", value } }],
})
const tool = (name: string, inputSchema: object = {}) => ({ type: "function" as const, name, inputSchema })
const ALL = [tool("glob"), tool("read"), tool("bash")]

async function play(
  prompt: LanguageModelV4Prompt,
  {
    model = createDemoModel(),
    ...options
  }: Partial<LanguageModelV4CallOptions> & { model?: ReturnType<typeof createDemoModel> } = {},
) {
  const { stream } = await model.doStream({ prompt, tools: ALL, ...options })
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  const said = (type: "text-delta" | "reasoning-delta") =>
    parts.map((part) => (part.type === type ? part.delta : "")).join("")
  return {
    parts,
    text: said("text-delta"),
    reasoning: said("reasoning-delta"),
    calls: parts.flatMap((part) => (part.type === "tool-call" ? [{ name: part.toolName, input: part.input }] : [])),
    finish: parts.find((part) => part.type === "finish"),
  }
}

const SCRIPT = `Please:
\`\`\`json
@@script [
  [{"reasoning": "I look [first]."}, "Reading \\"a]\\".", {"tool": "read", "input": {"filePath": "/a"}, "id": "c1"}],
  {"do": ["It says alpha."], "usage": {"input": 100, "output": 20, "cached": 40, "reasoning": 5}, "finish": "length", "chunk": 5}
]
\`\`\``

test("one step of the script per model call", async () => {
  const first = await play([user(SCRIPT)])
  expect(first).toMatchObject({
    reasoning: "I look [first].",
    text: 'Reading "a]".',
    calls: [{ name: "read", input: '{"filePath":"/a"}' }],
    finish: { finishReason: { unified: "tool-calls" } },
  })
  const second = await play([user(SCRIPT), calls("c1", "read"), result("c1", "read", "alpha")])
  expect(second).toMatchObject({
    text: "It says alpha.",
    finish: {
      finishReason: { unified: "length" },
      usage: { inputTokens: { total: 100, cacheRead: 40, noCache: 60 }, outputTokens: { total: 20, reasoning: 5 } },
    },
  })
  expect(second.parts.filter((part) => part.type === "text-delta")).toHaveLength(3)
  const third = await play([
    user(SCRIPT),
    calls("c1", "read"),
    result("c1", "read", ""),
    calls("c2", "read"),
    result("c2", "read", ""),
  ])
  expect(third.text).toBe("End of the script.")
})

test("a message that comes in between does not end the script, a later one does", async () => {
  const between = [user(SCRIPT), calls("c1", "read"), result("c1", "read", "alpha"), user("By the way")]
  expect((await play(between)).text).toBe("It says alpha.")
  const later = [user(SCRIPT), { role: "assistant" as const, content: [] }, user("Hello")]
  expect((await play(later)).text).toContain("demo model")
})

test("refusals and attempts: the retry plays the next one", async () => {
  const script =
    '@@script [{"attempts": [{"error": {"status": 429, "headers": {"retry-after-ms": "5"}}}, "Now it works."]}]'
  const model = createDemoModel()
  const prompt = [user(script)]
  await expect(play(prompt, { model })).rejects.toMatchObject({
    statusCode: 429,
    isRetryable: true,
    responseHeaders: { "retry-after-ms": "5" },
  })
  expect((await play(prompt, { model })).text).toBe("Now it works.")
})

test("broken connections, errors in the stream, floods, broken arguments", async () => {
  await expect(play([user('@@script [["Half", {"cut": true}]]')])).rejects.toThrow("Connection reset")
  const failed = await play([user('@@script [["Half", {"fail": {"message": "no"}}, "never"]]')])
  expect(failed).toMatchObject({ text: "Half", finish: undefined })
  expect(failed.parts.at(-1)).toEqual({ type: "error", error: { message: "no" } })
  const flood = await play([user('@@script [{"flood": {"count": 1000, "bytes": 50}}]')])
  expect(flood.parts.filter((part) => part.type === "text-delta")).toHaveLength(1000)
  expect((await play([user('@@script [{"tool": "bash", "raw": "{bad"}]')])).calls).toEqual([
    { name: "bash", input: "{bad" },
  ])
})

test("an abort ends waiting and stalling", async () => {
  for (const action of ['{"wait": 60000}', '{"stall": true}']) {
    const abort = new AbortController()
    const playing = play([user(`@@script [${action}]`)], { abortSignal: abort.signal })
    abort.abort()
    await expect(playing).rejects.toThrow()
    await expect(play([user(`@@script [${action}]`)], { abortSignal: abort.signal })).rejects.toThrow()
  }
})

test("a script that cannot be read is said to be so", async () => {
  expect((await play([user("@@script oops")])).text).toContain("JSON list")
  expect((await play([user('@@script [{"do": ["x"]}, {"bogus": 1}]')])).text).toContain("Step 1")
  expect((await play([user("@@script [nope]")])).text).toContain("not JSON")
  expect(findScript("no script here")).toBeUndefined()
})

test("the tour without a script: files, README, an honest report", async () => {
  const start = [user("What is this?")]
  const first = await play(start)
  expect(first).toMatchObject({ text: expect.stringContaining("without any AI"), calls: [{ name: "glob" }] })
  const found = [...start, calls("c1", "glob"), result("c1", "glob", "/p/src/a.ts\n/p/README.md")]
  expect((await play(found)).calls).toEqual([{ name: "read", input: '{"filePath":"/p/README.md","limit":40}' }])
  const read = [
    ...found,
    calls("c2", "read"),
    result("c2", "read", "<content>\n1: # Demo\n2: \n3: A demo.\n</content>"),
  ]
  const last = await play(read)
  expect(last).toMatchObject({ calls: [], finish: { finishReason: { unified: "stop" } } })
  expect(last.text).toContain("> # Demo\n> A demo.")
  expect((await play(start, { tools: [] })).text).toContain("without any AI")
})

test("titles, summaries and structured output", async () => {
  const title = (text: string) => play([user("Generate a title for this conversation:\n"), user(text)], { tools: [] })
  expect((await title("Fix the login page")).text).toBe("Demo: Fix the login page")
  expect((await title(SCRIPT)).text).toBe("Scripted demo")
  const summary = await play([user(`${SCRIPT}\nWrite a summary of the conversation.`)], { tools: [] })
  expect(summary.text).toContain("cannot summarise")
  const schema = {
    type: "object",
    properties: {
      name: { type: "string" },
      tags: { type: "array", items: { enum: ["a", "b"] } },
      extra: { type: "number" },
    },
    required: ["name", "tags"],
  }
  const structured = await play([user("x")], {
    tools: [...ALL, tool("StructuredOutput", schema)],
    toolChoice: { type: "required" },
  })
  expect(structured.calls).toEqual([{ name: "StructuredOutput", input: '{"name":"demo","tags":["a"]}' }])
})

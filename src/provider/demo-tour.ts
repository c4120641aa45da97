import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from "@ai-sdk/provider"
import type { Step } from "./demo-script"

const LABEL = "This is the built-in demo model: a script without any AI."
const HELP =
  "To work with a real model, connect a provider: store a key with `PUT /auth/{provider}`, set the provider's API key in the environment, or add it under `provider` in opencode.json."

/** What the demo model does without a script: structured output when that is demanded, else the next stop of its tour. */
export function tourStep(options: LanguageModelV4CallOptions): Step {
  const tools = new Set((options.tools ?? []).map((tool) => tool.name))
  const forced = options.toolChoice?.type === "tool" ? options.toolChoice.toolName : undefined
  const only = options.tools?.find((tool) => tool.name === (forced ?? "StructuredOutput"))
  if (only?.type === "function" && (forced || options.toolChoice?.type === "required"))
    return { do: [{ tool: only.name, input: example(only.inputSchema, 0) as Record<string, unknown> }] }

  const results = resultsOfTurn(options.prompt)
  if (results.length === 0 && tools.has("glob"))
    return {
      do: [`${LABEL} It takes a short tour of the project with real tools.`, { tool: "glob", input: { pattern: "*" } }],
      delay: 10,
    }
  const readme = results[0]?.output.split("\n").find((line) => /[\\/]readme[^\\/]*$/i.test(line))
  if (results.length === 1 && readme && tools.has("read"))
    return {
      do: ["There is a README, let me look at it.", { tool: "read", input: { filePath: readme, limit: 40 } }],
      delay: 10,
    }
  return { do: [report(results)], delay: 10 }
}

/** The answer to a request for a title or a summary (both come without tools); undefined for any other prompt. */
export function sideAnswer({ prompt, tools }: LanguageModelV4CallOptions): string | undefined {
  if (tools?.length) return undefined
  const users = prompt.flatMap((message) => (message.role === "user" ? [textOf(message)] : []))
  const asked = users.findIndex((text) => text.startsWith("Generate a title"))
  if (asked >= 0) {
    const about = [users[asked]!.replace(/^Generate a title[^\n]*/, ""), ...users.slice(asked + 1)].join("\n").trim()
    if (about === "" || about.includes("@@script")) return "Scripted demo"
    return `Demo: ${about.split(/\s+/).slice(0, 8).join(" ").slice(0, 60)}`
  }
  const system = prompt.flatMap((message) => (message.role === "system" ? [message.content] : [])).join("\n")
  if (!/summar/i.test(system.slice(0, 600)) && !/summary of the conversation/i.test(users.at(-1) ?? ""))
    return undefined
  return `${LABEL} It cannot summarise; this stands for ${prompt.length} messages with ${promptLength(prompt)} characters.`
}

/** How many characters of text a prompt has, tool calls and results included, files not. */
export function promptLength(prompt: LanguageModelV4Prompt): number {
  let length = 0
  for (const message of prompt) {
    if (message.role === "system") length += message.content.length
    else
      for (const part of message.content) {
        if (part.type === "text" || part.type === "reasoning") length += part.text.length
        if (part.type === "tool-call") length += JSON.stringify(part.input ?? null).length
        if (part.type === "tool-result") length += outputText(part.output).length
      }
  }
  return length
}

/** The texts of a message, one per line. */
export function textOf(message: LanguageModelV4Prompt[number]): string {
  if (message.role === "system") return message.content
  if (message.role === "tool") return ""
  return message.content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n")
}

function report(results: { tool: string; output: string }[]): string {
  const files = results[0]?.output.split("\n").filter((line) => line.trim() !== "") ?? []
  const lines = (results[1]?.output.match(/^\d+: .*$/gm) ?? []).map((line) => line.replace(/^\d+: /, ""))
  const seen = lines.filter((line) => line.trim() !== "").slice(0, 3)
  return [
    LABEL,
    results.length > 0
      ? `The search for files answered with ${files.length === 1 ? "one line" : `${files.length} lines`}.`
      : "No tool was offered that it could show.",
    ...(seen.length > 0 ? [`The README begins:\n\n${seen.map((line) => `> ${line}`).join("\n")}`] : []),
    HELP,
  ].join("\n\n")
}

/** The tool results since the last user message, in order. */
function resultsOfTurn(prompt: LanguageModelV4Prompt): { tool: string; output: string }[] {
  const start = prompt.findLastIndex((message) => message.role === "user")
  return prompt.slice(start + 1).flatMap((message) => {
    if (message.role !== "tool") return []
    return message.content.flatMap((part) =>
      part.type === "tool-result" ? [{ tool: part.toolName, output: outputText(part.output) }] : [],
    )
  })
}

type Output = Extract<
  Extract<LanguageModelV4Prompt[number], { role: "tool" }>["content"][number],
  { type: "tool-result" }
>["output"]

function outputText(output: Output): string {
  if (output.type === "text" || output.type === "error-text") return output.value
  if (output.type === "execution-denied") return output.reason ?? ""
  if (output.type !== "content") return JSON.stringify(output.value)
  return output.value.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n")
}

/** The smallest value that fits a JSON schema of the usual kinds; for structured output without a script. */
function example(schema: unknown, depth: number): unknown {
  if (typeof schema !== "object" || schema === null || depth > 16) return null
  const {
    type,
    const: fixed,
    enum: values,
    properties,
    required,
    items,
    anyOf,
    oneOf,
    minItems,
  } = schema as Record<string, unknown>
  if (fixed !== undefined) return fixed
  if (Array.isArray(values)) return values[0]
  const choice = anyOf ?? oneOf
  if (Array.isArray(choice)) return example(choice[0], depth + 1)
  const kind = Array.isArray(type) ? type[0] : type
  if (kind === "string") return "demo"
  if (kind === "number" || kind === "integer") return 1
  if (kind === "boolean") return true
  if (kind === "array") return Array.from({ length: Number(minItems ?? 1) }, () => example(items, depth + 1))
  if (typeof properties !== "object" || properties === null) return {}
  const names = Array.isArray(required) ? new Set(required) : new Set(Object.keys(properties))
  const kept = Object.entries(properties).filter(([name]) => names.has(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, example(value, depth + 1)]))
}

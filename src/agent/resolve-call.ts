import type { LanguageModelV4ToolCall } from "@ai-sdk/provider"
import { errorMessage } from "../base/error"
import { isTooDeep, MAX_DEPTH } from "../base/json-depth"
import { invalidTool } from "../tool/invalid"
import type { Tool } from "../tool/tool"

/** The tool and its arguments as an object; the `invalid` tool when the model named none of ours or sent no JSON object. */
export function resolveCall(
  tools: ReadonlyMap<string, Tool>,
  call: LanguageModelV4ToolCall,
): { tool: Tool; input: Record<string, unknown> } {
  const { toolName, input: text } = call
  const tool = tools.get(toolName) ?? tools.get(toolName.toLowerCase())
  const invalid = (error: string) => ({ tool: invalidTool, input: { tool: toolName, error } })
  if (call.providerExecuted) return { tool: { ...invalidTool, id: toolName }, input: inputOfVendor(text) }
  if (!tool) {
    const available = [...tools.keys(), invalidTool.id].sort().join(", ")
    return invalid(`Model tried to call unavailable tool '${toolName}'. Available tools: ${available}.`)
  }
  try {
    const input = parseObject(text.trim() === "" ? "{}" : text)
    if (isTooDeep(input)) return invalid(`Invalid input for tool ${tool.id}: nested deeper than ${MAX_DEPTH} levels`)
    if (input) return { tool, input }
    return invalid(`Invalid input for tool ${tool.id}: Expected a JSON object, got ${text}`)
  } catch (error) {
    return invalid(
      `Invalid input for tool ${tool.id}: JSON parsing failed: Text: ${text}.\nError message: ${errorMessage(error)}`,
    )
  }
}

/** What the vendor ran is done, whatever it says that it ran it with. */
function inputOfVendor(text: string): Record<string, unknown> {
  try {
    const input = parseObject(text)
    return input && !isTooDeep(input) ? input : {}
  } catch {
    return {}
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  const value: unknown = JSON.parse(text)
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

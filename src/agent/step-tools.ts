import type { JSONSchema7, LanguageModelV4FunctionTool, LanguageModelV4ToolChoice } from "@ai-sdk/provider"
import type { Instance } from "../instance/instance"
import { disabledTools } from "../permission/evaluate"
import type { Agent } from "../schema/agent"
import type { UserMessage } from "../schema/message"
import type { Model } from "../schema/provider"
import type { Session } from "../schema/session"
import type { MessageWithParts } from "../store/store"
import { offeredTools } from "../tool/offered"
import type { Tool } from "../tool/tool"
import { listAgents } from "./agent"
import { structuredOutput } from "./structured-output"

/** The tools of one step: as the model is told of them, and by name for its calls. */
export interface StepTools {
  functions: LanguageModelV4FunctionTool[]
  choice: LanguageModelV4ToolChoice
  byName: Map<string, Tool>
  seenInstructions: Set<string>
}

/** For requests that must be answered in words. */
export const NO_TOOLS: StepTools = {
  functions: [],
  choice: { type: "auto" },
  byName: new Map(),
  seenInstructions: new Set(),
}

interface ToolsInput {
  session: Session
  history: MessageWithParts[]
  agent: Agent
  model: Model
  user: UserMessage
}

/** Instruction files that the model has before its eyes: `read` shows each once, and again when a compaction has left it out. */
function seenInstructions(history: MessageWithParts[]): Set<string> {
  const states = history.flatMap(({ parts }) => parts.flatMap((part) => (part.type === "tool" ? part.state : [])))
  const loaded = states.flatMap((state) =>
    state.status === "completed" && !state.time.compacted ? state.metadata.loaded : [],
  )
  return new Set(loaded.filter((path) => typeof path === "string"))
}

/** All tools that agent, session and prompt leave on, sorted by name so that vendors' caches of the request stay valid. */
export async function stepTools(instance: Instance, input: ToolsInput): Promise<StepTools> {
  const { session, history, agent, model, user } = input
  const available = await offeredTools(instance, { model, agents: await listAgents(instance) })
  const rules = [...agent.permission, ...(session.permission ?? [])]
  const disabled = disabledTools(
    available.map(({ tool }) => tool.id),
    rules,
  )
  const offered = available.filter(({ tool }) => tool.id !== "invalid" && !disabled.has(tool.id))
  const functions = offered.map(({ tool, description, schema }) => toFunction(tool.id, description, schema))
  const byName = new Map(offered.map(({ tool }) => [tool.id, tool]))
  const format = user.format?.type === "json_schema" ? user.format : undefined
  if (format) {
    functions.push(toFunction(structuredOutput.id, structuredOutput.description, format.schema))
    byName.set(structuredOutput.id, structuredOutput)
  }
  return {
    functions: functions.sort((a, b) => a.name.localeCompare(b.name)),
    choice: { type: format ? "required" : "auto" },
    byName,
    seenInstructions: seenInstructions(history),
  }
}

const toFunction = (name: string, description: string, schema: unknown): LanguageModelV4FunctionTool => ({
  type: "function",
  name,
  description,
  inputSchema: schema as JSONSchema7,
})

import type { Static, TObject } from "@sinclair/typebox"
import { cleanValue, firstProblem, problemText } from "../base/schema-problem"
import { offersBackground } from "../config/background-subagents"
import { isOn } from "../config/directories"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import type { Agent } from "../schema/agent"
import type { Model } from "../schema/provider"
import { listSkills } from "../skill/skill"
import { toolSchema } from "./json-schema"
import { boundOutput, removeOldOutputs } from "./output"
import type { Tool, ToolContext, ToolResult } from "./tool"

/** Loaded on first use: the start of the server needs none of them. The order is that of the wire. */
const LOADERS = {
  invalid: async (): Promise<Tool> => (await import("./invalid")).invalidTool,
  question: async (): Promise<Tool> => (await import("./question")).questionTool,
  bash: async (): Promise<Tool> => (await import("./bash")).bashTool,
  read: async (): Promise<Tool> => (await import("./read")).readTool,
  glob: async (): Promise<Tool> => (await import("./glob")).globTool,
  grep: async (): Promise<Tool> => (await import("./grep")).grepTool,
  edit: async (): Promise<Tool> => (await import("./edit")).editTool,
  write: async (): Promise<Tool> => (await import("./write")).writeTool,
  task: async (app: App): Promise<Tool> => {
    const { backgroundTaskTool, taskTool } = await import("./task")
    return offersBackground(app) ? backgroundTaskTool : taskTool
  },
  webfetch: async (): Promise<Tool> => (await import("./webfetch")).webfetchTool,
  todowrite: async (): Promise<Tool> => (await import("./todowrite")).todowriteTool,
  websearch: async (): Promise<Tool> => (await import("./websearch")).websearchTool,
  skill: async (): Promise<Tool> => (await import("./skill")).skillTool,
  apply_patch: async (): Promise<Tool> => (await import("./apply-patch")).applyPatchTool,
}
type ToolID = keyof typeof LOADERS

/** A tool as a model gets to know it. */
export interface OfferedTool {
  tool: Tool
  /** The tool's own description, with what this instance has to offer (subagents, skills). */
  description: string
  /** JSON Schema (draft 2020-12) of the arguments. */
  schema: object
}

/** Ids of all tools that are built in. */
export const listToolIDs = (): string[] => Object.keys(LOADERS)

/** The tools for one model, in the order of their ids. Permissions are not looked at. */
export async function listTools(
  instance: Instance,
  { model, agents }: { model: Pick<Model, "providerID" | "id">; agents: Agent[] },
): Promise<OfferedTool[]> {
  const offered = toolIDs().filter((id) => isOffered(id, model, instance))
  return Promise.all(
    offered.map(async (id) => {
      const tool = await LOADERS[id](instance.app)
      return {
        tool,
        description: `${tool.description.trim()}${await addition(id, instance, agents)}`,
        schema: toolSchema(tool.parameters),
      }
    }),
  )
}

/**
 * Checks the arguments, runs the tool and bounds its output. Throws what the tool throws; the message is for the model.
 * Arguments that the tool does not know are left out, and so are optional ones that are null.
 */
export async function runTool(tool: Tool, args: unknown, context: ToolContext): Promise<ToolResult> {
  const problem = firstProblem(tool.parameters, args)
  if (problem)
    throw new Error(
      `The ${tool.id} tool was called with invalid arguments: SchemaError(${problemText(problem)}).\nPlease rewrite the input so it satisfies the expected schema.`,
    )
  context.signal.throwIfAborted()
  const result = await tool.execute(cleanValue(tool.parameters, args) as Static<TObject>, context)
  const bounded = result.metadata.truncated === undefined ? await withBounds(context, result) : result
  if (bounded.metadata.outputPath !== undefined) removeOldOutputs(context.instance.app)
  return bounded
}

async function withBounds({ instance }: ToolContext, result: ToolResult): Promise<ToolResult> {
  const { text, ...bounds } = await boundOutput(instance, result.output)
  return { ...result, output: text, metadata: { ...result.metadata, ...bounds } }
}

const toolIDs = () => Object.keys(LOADERS) as ToolID[]

function isOffered(id: ToolID, model: Pick<Model, "providerID" | "id">, { app }: Instance): boolean {
  if (id === "apply_patch") return writesPatches(model.id)
  if (id === "edit" || id === "write") return !writesPatches(model.id)
  if (id === "websearch")
    return (
      model.providerID === "opencode" || isOn(app.env.OPENCODE_ENABLE_EXA) || isOn(app.env.OPENCODE_ENABLE_PARALLEL)
    )
  return true
}

/** Models of this family were trained on patches and are better at them than at replacing strings. */
const writesPatches = (modelID: string) =>
  modelID.includes("gpt-") && !modelID.includes("oss") && !modelID.includes("gpt-4")

async function addition(id: ToolID, instance: Instance, agents: Agent[]): Promise<string> {
  if (id === "task") {
    const offered = agents.filter((agent) => agent.mode !== "primary" && !agent.hidden)
    return list("Subagents that can be named in subagent_type:", offered)
  }
  if (id === "skill") return list("Available skills:", await listSkills(instance))
  return ""
}

function list(head: string, entries: { name: string; description?: string | undefined }[]): string {
  const lines = entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, description }) => `- ${name}${description ? `: ${description}` : ""}`)
  return `\n\n${head}\n${lines.join("\n") || "(none)"}`
}

import { dirname } from "node:path"
import { pathToFileURL } from "node:url"
import { type Static, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import * as zod from "zod"
import { errorMessage } from "../base/error"
import { mcpToolID } from "../mcp/names"
import type { CustomTool, Problem, ToolFile } from "./custom-messages"

/** A custom tool that can be called in this process. */
interface LoadedTool {
  about: CustomTool
  /** Checks arguments and fills in defaults. Throws with a text for the model. */
  parse(args: unknown): unknown
  execute(args: unknown, context: object): unknown
}

export interface Loaded {
  tools: Map<string, LoadedTool>
  problems: Problem[]
}

/** What vendors take as the name of a tool. */
const ID = /^[a-zA-Z0-9_-]{1,64}$/
/** Where calls go that name no tool. */
const RESERVED = "invalid"

/**
 * Imports files with custom tools, for the process of custom tools only: their code runs. A default export is called as the
 * file, others `FILE_EXPORT`; of two with the same name the later file's counts. A file that fails leaves the others alone;
 * `onFile` hears which one comes next, as it may hang or end the process.
 */
export async function loadToolFiles(files: ToolFile[], onFile: (path: string) => void): Promise<Loaded> {
  provideModules(files)
  const loaded: Loaded = { tools: new Map(), problems: [] }
  for (const file of files) {
    onFile(file.path)
    try {
      const module: Record<string, unknown> = await import(pathToFileURL(file.path).href)
      const found = Object.entries(module).filter(([name, value]) => name === "default" || isDefinition(value))
      if (found.length === 0) throw new Error("It exports no tool: { description, args, execute }")
      for (const [name, value] of found) {
        const tool = toolOf(name === "default" ? file.name : mcpToolID(file.name, name), value)
        loaded.tools.set(tool.about.id, tool)
      }
    } catch (error) {
      loaded.problems.push({ path: file.path, reason: reasonOf(error) })
    }
  }
  return loaded
}

/** Of a file that is no code, each fault with its place. */
function reasonOf(error: unknown): string {
  const faults: unknown[] = error instanceof AggregateError ? error.errors : [error]
  return faults.map((fault) => (Value.Check(Fault, fault) ? textOf(fault) : errorMessage(fault))).join("; ")
}

const Fault = Type.Object({
  message: Type.String(),
  position: Type.Object({ line: Type.Number(), column: Type.Number() }),
})
const textOf = ({ message, position }: Static<typeof Fault>) =>
  `line ${position.line}, column ${position.column}: ${message}`

/** Tool files import these, and nobody installs them for a checkout. A `zod` of their own is theirs to keep. */
function provideModules(files: ToolFile[]): void {
  const tool = Object.assign((definition: unknown) => definition, { schema: zod.z })
  const needsZod = files.some(({ path }) => !canResolve("zod", dirname(path)))
  Bun.plugin({
    name: "modules for custom tools",
    setup(builder) {
      for (const name of ["@opencode-ai/plugin", "@opencode-ai/plugin/tool"])
        builder.module(name, () => ({ loader: "object", exports: { tool, default: tool } }))
      if (needsZod)
        for (const name of ["zod", "zod/v4"])
          builder.module(name, () => ({ loader: "object", exports: { ...zod, default: zod.z } }))
    },
  })
}

function canResolve(name: string, directory: string): boolean {
  try {
    Bun.resolveSync(name, directory)
    return true
  } catch {
    return false
  }
}

type Execute = LoadedTool["execute"]
interface Definition {
  description: string
  args?: unknown
  execute: Execute
}

const isDefinition = (value: unknown): value is Definition =>
  typeof value === "object" &&
  value !== null &&
  "description" in value &&
  typeof value.description === "string" &&
  "execute" in value &&
  typeof value.execute === "function"

function toolOf(id: string, definition: unknown): LoadedTool {
  if (!isDefinition(definition)) throw new Error("Its default export is no tool: { description, args, execute }")
  if (!ID.test(id) || id === RESERVED)
    throw new Error(`A tool cannot be called ${JSON.stringify(id)}: letters, digits, - and _ make a name, 64 at most`)
  const { description, args } = definition
  const arguments_ = zod.object(shapeOf(id, args))
  const { $schema: _, ...parameters } = zod.toJSONSchema(arguments_, { io: "input", unrepresentable: "any" })
  return {
    about: { id, description, parameters },
    parse(given) {
      const parsed = arguments_.safeParse(given)
      if (parsed.success) return parsed.data
      throw new Error(`The ${id} tool was called with invalid arguments: ${zod.prettifyError(parsed.error)}`)
    },
    // Called as a method: a tool may be an object with state.
    execute: (values, context) => definition.execute(values, context),
  }
}

function shapeOf(id: string, args: unknown): Record<string, zod.ZodType> {
  if (args === undefined) return {}
  if (typeof args === "object" && args !== null && Object.values(args).every(isSchema)) return { ...args }
  throw new Error(`The args of the tool ${id} must be schemas of zod 4, as tool.schema.string() makes one`)
}

const isSchema = (value: unknown): value is zod.ZodType =>
  typeof value === "object" && value !== null && "_zod" in value

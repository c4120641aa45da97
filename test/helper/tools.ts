import type { Instance } from "../../src/instance/instance"
import { listTools, runTool } from "../../src/tool/registry"
import type { PermissionQuery, Tool, ToolContext } from "../../src/tool/tool"

/** Calls tools as the loop does, and notes what they ask for and show meanwhile. */
export function toolRunner(
  instance: Instance,
  answer: (query: PermissionQuery) => unknown = () => {},
  sessionID = "ses_1",
) {
  const asked: PermissionQuery[] = []
  const shown: object[] = []
  const abort = new AbortController()
  const context: ToolContext = {
    instance,
    sessionID,
    messageID: "msg_1",
    callID: "call_1",
    agent: { name: "build", mode: "primary", options: {}, permission: [] },
    signal: abort.signal,
    seenInstructions: new Set(),
    async ask(query) {
      asked.push(query)
      await answer(query)
    },
    progress: (update) => void shown.push(update),
    runSubtask: () => Promise.reject(new Error("No subtasks here")),
  }
  return {
    asked,
    shown,
    abort,
    async call(id: string, args: unknown) {
      return runTool(await findTool(instance, id), args, context)
    },
    run: (tool: Tool, args: unknown) => runTool(tool, args, context),
  }
}

async function findTool(instance: Instance, id: string): Promise<Tool> {
  const model = { providerID: "any", id: id === "apply_patch" ? "gpt-5" : "any" }
  const found = (await listTools(instance, { model, agents: [] })).find(({ tool }) => tool.id === id)
  if (!found) throw new Error(`There is no tool ${id}`)
  return found.tool
}

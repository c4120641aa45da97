import type { LLMToolContent, SessionMessageAssistantTool } from "../../schema/api-tool-state"
import type { ToolPart } from "../../schema/part"
import type { ToolState } from "../../schema/tool-state"

/** A tool call as `/api` shows it. A call that has not begun was made when its message was: `created`, epoch milliseconds. */
export const toolContent = ({ callID, tool, state }: ToolPart, created: number): SessionMessageAssistantTool => ({
  type: "tool",
  id: callID,
  name: tool,
  state: stateOf(state),
  time: timeOf(state, created),
})

function stateOf(state: ToolState): SessionMessageAssistantTool["state"] {
  if (state.status === "pending") return { status: "pending", input: state.raw }
  const { input, metadata: structured = {} } = state
  if (state.status === "running") return { status: "running", input, structured, content: [] }
  if (state.status === "error") {
    const error = { type: "unknown" as const, message: state.error }
    return { status: "error", input, structured, content: [], error }
  }
  const files = (state.attachments ?? []).map(({ url, mime, filename }): LLMToolContent => {
    return { type: "file", uri: url, mime, ...(filename !== undefined && { name: filename }) }
  })
  return { status: "completed", input, structured, content: [{ type: "text", text: state.output }, ...files] }
}

function timeOf(state: ToolState, created: number): SessionMessageAssistantTool["time"] {
  if (state.status === "pending") return { created }
  const { start } = state.time
  if (state.status === "running") return { created: start, ran: start }
  const pruned = "compacted" in state.time ? state.time.compacted : undefined
  return { created: start, ran: start, completed: state.time.end, ...(pruned !== undefined && { pruned }) }
}

import { type Static, Type } from "@sinclair/typebox"
import description from "./task.txt" with { type: "text" }
import backgroundDescription from "./task-background.txt" with { type: "text" }
import { taskOutput } from "./task-output"
import { defineTool, type ToolContext, type ToolResult } from "./tool"

const parameters = Type.Object({
  description: Type.String({ description: "The task in three to five words" }),
  prompt: Type.String({ description: "All that the subagent needs to know to do it" }),
  subagent_type: Type.String({ description: "Name of the subagent" }),
  task_id: Type.Optional(
    Type.String({ description: "Only to go on with an earlier task: its id. The subagent then remembers that task" }),
  ),
  command: Type.Optional(Type.String({ description: "The slash command that this comes from" })),
})
const backgroundParameters = Type.Object({
  ...parameters.properties,
  background: Type.Optional(
    Type.Boolean({ description: "Do not wait for the subagent; its answer is given to you when it is done" }),
  ),
})

export const taskTool = defineTool({ id: "task", description, parameters, execute: runTask })

/** The same for models that may start subagents in the background. */
export const backgroundTaskTool = defineTool({
  id: "task",
  description: `${description.trim()}\n${backgroundDescription}`,
  parameters: backgroundParameters,
  execute: runTask,
})

const IN_BACKGROUND =
  "The subagent works in the background from here on. As soon as it is done its answer is given to you in a message of its own, so neither wait for it nor ask, and leave its work to it. Go on with what does not depend on it. If there is nothing, say what is still under way and end your turn."

async function runTask(
  args: Static<typeof backgroundParameters>,
  { sessionID, ask, progress, runSubtask }: ToolContext,
): Promise<ToolResult> {
  const { description: title, prompt, subagent_type: agent, task_id, command, background } = args
  await ask({
    permission: "task",
    patterns: [agent],
    always: ["*"],
    metadata: { description: title, subagent_type: agent },
  })
  const run = await runSubtask({
    description: title,
    prompt,
    agent,
    ...(task_id !== undefined && { sessionID: task_id }),
    ...(command !== undefined && { command }),
    ...(background && { background }),
  })
  const metadata = { parentSessionId: sessionID, sessionId: run.sessionID, model: run.model }
  progress({ title, metadata })
  const text = await run.result
  if (text === undefined) {
    const output = taskOutput(run.sessionID, { state: "running", text: IN_BACKGROUND })
    return { title, output, metadata: { ...metadata, background: true } }
  }
  return { title, output: taskOutput(run.sessionID, { state: "completed", text }), metadata }
}

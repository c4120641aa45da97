import { Type } from "@sinclair/typebox"
import description from "./task.txt" with { type: "text" }
import { defineTool } from "./tool"

export const taskTool = defineTool({
  id: "task",
  description,
  parameters: Type.Object({
    description: Type.String({ description: "The task in three to five words" }),
    prompt: Type.String({ description: "All that the subagent needs to know to do it" }),
    subagent_type: Type.String({ description: "Name of the subagent" }),
    task_id: Type.Optional(
      Type.String({ description: "Only to go on with an earlier task: its id. The subagent then remembers that task" }),
    ),
    command: Type.Optional(Type.String({ description: "The slash command that this comes from" })),
  }),
  async execute(args, { sessionID, ask, progress, runSubtask }) {
    const { description: title, prompt, subagent_type: agent, task_id, command } = args
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
    })
    const metadata = { parentSessionId: sessionID, sessionId: run.sessionID, model: run.model }
    progress({ title, metadata })
    const text = await run.result
    return {
      title,
      output: `<task id="${run.sessionID}" state="completed">\n<task_result>\n${text}\n</task_result>\n</task>`,
      metadata,
    }
  },
})

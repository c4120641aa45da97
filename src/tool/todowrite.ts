import { Type } from "@sinclair/typebox"
import { updateTodos } from "../session/todo"
import description from "./todowrite.txt" with { type: "text" }
import { defineTool } from "./tool"

export const todowriteTool = defineTool({
  id: "todowrite",
  description,
  parameters: Type.Object({
    todos: Type.Array(
      Type.Object({
        content: Type.String({ description: "What is to be done, in a few words" }),
        status: Type.String({ description: "One of pending, in_progress, completed, cancelled" }),
        priority: Type.String({ description: "One of high, medium, low" }),
      }),
      { description: "The whole list as it is from now on" },
    ),
  }),
  async execute({ todos }, { instance, sessionID, ask }) {
    await ask({ permission: "todowrite", patterns: ["*"], always: ["*"], metadata: {} })
    await updateTodos(instance, sessionID, todos)
    const open = todos.filter((todo) => todo.status !== "completed")
    return { title: `${open.length} todos`, output: JSON.stringify(todos, null, 2), metadata: { todos } }
  },
})

import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import type { Todo } from "../schema/todo"
import { getSession } from "./session"

/** The session's todo list. Throws 404 for an unknown session. */
export async function listTodos(instance: Instance, sessionID: string): Promise<Todo[]> {
  await getSession(instance.app, sessionID)
  return instance.app.store.listTodos(sessionID)
}

/** Replaces the session's todo list and publishes it. */
export async function updateTodos(instance: Instance, sessionID: string, todos: Todo[]): Promise<void> {
  await instance.app.store.commit([{ put: "todo", sessionID, data: todos }])
  publish(instance, "todo.updated", { sessionID, todos })
}

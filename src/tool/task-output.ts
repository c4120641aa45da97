export interface TaskState {
  state: "running" | "completed" | "error"
  /** The subagent's answer, what made it fail, or what is to be known while it runs. */
  text: string
}

/** What the model reads of a task, at the end of its call or later: clients know the form. */
export function taskOutput(sessionID: string, { state, text }: TaskState): string {
  const element = state === "error" ? "task_error" : "task_result"
  return `<task id="${sessionID}" state="${state}">\n<${element}>\n${text}\n</${element}>\n</task>`
}

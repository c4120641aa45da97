import type { Agent } from "../schema/agent"
import type { MessageWithParts } from "../store/store"
import buildSwitch from "./prompt/build-switch.txt" with { type: "text" }
import planReminder from "./prompt/plan-reminder.txt" with { type: "text" }

/** What the model is reminded of with the last user message: that it only plans, or that the planning is over. */
export function modeReminder(agent: Agent, history: MessageWithParts[]): string | undefined {
  if (agent.name === "plan") return planReminder.trim()
  const planned = history.some(({ info }) => info.role === "assistant" && info.agent === "plan")
  return agent.name === "build" && planned ? buildSwitch.trim() : undefined
}

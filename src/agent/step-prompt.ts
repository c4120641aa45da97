import type { LanguageModelV4Prompt } from "@ai-sdk/provider"
import { newID } from "../base/id"
import type { Instance } from "../instance/instance"
import type { MessageWithParts } from "../store/store"
import { modelMessages } from "./model-messages"
import maxSteps from "./prompt/max-steps.txt" with { type: "text" }
import { modeReminder } from "./reminder"
import type { StepInput } from "./step"
import { systemPrompt } from "./system-prompt"

/** The whole request of a step: system prompt, conversation, and the reminders that are never stored. */
export async function stepPrompt(instance: Instance, input: StepInput): Promise<LanguageModelV4Prompt> {
  const { agent, model, user, steps } = input
  const system = await systemPrompt(instance, {
    agent,
    model,
    ...(user.system !== undefined && { system: user.system }),
    ...(user.format && { format: user.format }),
  })
  const prompt: LanguageModelV4Prompt = [
    { role: "system", content: system },
    ...modelMessages(withReminder(input), model),
  ]
  // The step limit of the agent is reached: no more tools after this one.
  if (agent.steps !== undefined && steps >= agent.steps)
    prompt.push({ role: "assistant", content: [{ type: "text", text: maxSteps.trim() }] })
  return prompt
}

function withReminder({ user, agent, history }: StepInput): MessageWithParts[] {
  const text = modeReminder(agent, history)
  if (!text) return history
  const part = {
    id: newID("part"),
    sessionID: user.sessionID,
    messageID: user.id,
    type: "text" as const,
    text,
    synthetic: true,
  }
  return history.map((entry) => (entry.info.id === user.id ? { ...entry, parts: [...entry.parts, part] } : entry))
}

import { getCommand } from "../command/command"
import { expandCommand } from "../command/expand"
import { expandPrompt } from "../command/expand-prompt"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { getModel, parseModel } from "../provider/model"
import type { Agent } from "../schema/agent"
import type { FilePartInput } from "../schema/part-input"
import type { ModelReference, PromptPart } from "../schema/prompt"
import { getSession } from "../session/session"
import type { MessageWithParts } from "../store/store"
import { defaultAgent, getAgent, listAgents } from "./agent"
import { publishingFailure } from "./failure"
import { chosenModel, prompt } from "./prompt"

export interface CommandRequest {
  command: string
  arguments: string
  messageID?: string
  agent?: string
  /** `provider/model`. */
  model?: string
  variant?: string
  parts?: FilePartInput[]
}

/**
 * Runs a slash command: its template becomes a prompt, or a subtask for a command that says so or whose agent is a subagent.
 * Answers the last message of the run. Throws 404 for an unknown session, command, agent or model; the last three are
 * published as `session.error` too.
 */
export async function runCommand(
  instance: Instance,
  sessionID: string,
  request: CommandRequest,
): Promise<MessageWithParts> {
  const session = await getSession(instance.app, sessionID)
  const plan = await publishingFailure(instance, sessionID, () => planCommand(instance, request))
  const { command, agent, mainAgent, model, parts } = plan
  const subtask = command.subtask ?? agent.mode === "subagent"
  const answer = await prompt(instance, sessionID, {
    agent: (subtask ? mainAgent : agent).name,
    ...(model && { model }),
    ...(request.messageID && { messageID: request.messageID }),
    ...(request.variant !== undefined && { variant: request.variant }),
    parts: subtask ? [subtaskPart(plan, await chosenModel(instance, session, { given: model, agent }))] : parts,
  })
  publish(instance, "command.executed", {
    name: command.name,
    sessionID,
    arguments: request.arguments,
    messageID: answer.info.id,
  })
  return answer
}

type Plan = Awaited<ReturnType<typeof planCommand>>

async function planCommand(instance: Instance, request: CommandRequest) {
  const command = await getCommand(instance, request.command)
  const mainAgent = request.agent ? await getAgent(instance, request.agent) : await defaultAgent(instance)
  const agent = command.agent ? await getAgent(instance, command.agent) : mainAgent
  const model = await commandModel(instance, { command: command.model, agent, request: request.model })
  const agents = (await listAgents(instance)).map((each) => each.name)
  const { template } = command
  const { text, fileParts, agentParts } =
    typeof template === "string"
      ? await expandCommand(instance, { ...command, template }, request.arguments, { agents })
      : await expandPrompt(instance, command, request.arguments, agents)
  const parts: PromptPart[] = [{ type: "text", text }, ...fileParts, ...agentParts, ...(request.parts ?? [])]
  return { command, agent, mainAgent, model, text, parts }
}

/** The command's own model, else its agent's, else the request's; undefined leaves it to the session. */
async function commandModel(
  instance: Instance,
  { command, agent, request }: { command: string | undefined; agent: Agent; request: string | undefined },
): Promise<ModelReference | undefined> {
  if (command) return checked(instance, parseModel(command))
  if (agent.model) return agent.model
  return request ? checked(instance, parseModel(request)) : undefined
}

async function checked(instance: Instance, reference: ModelReference): Promise<ModelReference> {
  await getModel(instance, reference)
  return reference
}

const subtaskPart = ({ command, agent, text }: Plan, model: ModelReference): PromptPart => ({
  type: "subtask",
  agent: agent.name,
  description: command.description ?? "",
  prompt: text,
  command: command.name,
  model: { providerID: model.providerID, modelID: model.modelID },
})

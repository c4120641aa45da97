import { Value } from "@sinclair/typebox/value"
import { withoutSecrets } from "../../provider/connection"
import type { Agent } from "../../schema/agent"
import { AgentColor } from "../../schema/agent"
import type { AgentV2Info } from "../../schema/api-agent"

/** An agent as `/api` shows it: what goes into the request to the model is one object there. */
export function agentInfo(agent: Agent): AgentV2Info {
  const { name, mode, description, prompt, color, steps, model, variant, temperature, topP, options } = agent
  return {
    id: name,
    mode,
    hidden: agent.hidden ?? false,
    request: {
      headers: {},
      body: {
        ...withoutSecrets(options),
        ...(temperature !== undefined && { temperature }),
        ...(topP !== undefined && { topP }),
      },
    },
    permissions: agent.permission.map(({ permission, pattern, action }) => ({
      action: permission,
      resource: pattern,
      effect: action,
    })),
    ...(prompt !== undefined && { system: prompt }),
    ...(description !== undefined && { description }),
    ...(Value.Check(AgentColor, color) && { color }),
    ...(steps !== undefined && Number.isInteger(steps) && steps > 0 && { steps }),
    ...(model && {
      model: { id: model.modelID, providerID: model.providerID, ...(variant !== undefined && { variant }) },
    }),
  }
}

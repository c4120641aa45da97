import type { LanguageModelV4CallOptions, SharedV4ProviderOptions } from "@ai-sdk/provider"
import type { Instance } from "../instance/instance"
import type { Agent } from "../schema/agent"
import type { Model } from "../schema/provider"
import { optionsKey } from "./packages"

const MAX_OUTPUT = 32_000
/** The least costly way to let a model reason, for side work. */
const LEAST_EFFORT = ["minimal", "low", "none"]

interface Call {
  model: Model
  agent: Agent
  /** A name of `model.variants`; an unknown one has no effect. */
  variant?: string
  sessionID: string
  parentSessionID?: string
  /** Side work such as a title: as little reasoning as the model allows. */
  small?: boolean
}

export type CallSettings = Required<
  Pick<LanguageModelV4CallOptions, "maxOutputTokens" | "providerOptions" | "headers">
> &
  Pick<LanguageModelV4CallOptions, "temperature" | "topP" | "topK">

/** The settings of a model call besides its prompt and tools: what the model's facts, the agent and the variant ask for. */
export async function callOptions(instance: Instance, call: Call): Promise<CallSettings> {
  const { model, agent } = call
  const { topK, ...options } = optionsOf(call)
  return {
    ...(model.capabilities.temperature && agent.temperature !== undefined && { temperature: agent.temperature }),
    ...(agent.topP !== undefined && { topP: agent.topP }),
    ...(typeof topK === "number" && { topK }),
    maxOutputTokens: maxOutputTokens(instance, model),
    providerOptions: { [optionsKey(model)]: options } as SharedV4ProviderOptions,
    headers: {
      "user-agent": `opencode/${instance.app.version}`,
      "x-session-affinity": call.sessionID,
      "x-session-id": call.sessionID,
      ...(call.parentSessionID && { "x-parent-session-id": call.parentSessionID }),
    },
  }
}

/** How many tokens a model may answer with: its own limit, at most 32000 or `OPENCODE_EXPERIMENTAL_OUTPUT_TOKEN_MAX`. */
export function maxOutputTokens({ app }: Instance, model: Model): number {
  const set = Number(app.env.OPENCODE_EXPERIMENTAL_OUTPUT_TOKEN_MAX)
  const most = Number.isInteger(set) && set > 0 ? set : MAX_OUTPUT
  return model.limit.output > 0 ? Math.min(model.limit.output, most) : most
}

/** Later ones win: the package's defaults, the model, the agent, the variant. */
function optionsOf({ model, agent, variant, sessionID, small }: Call): Record<string, unknown> {
  const variants = model.variants ?? {}
  const least = small ? LEAST_EFFORT.find((name) => Object.hasOwn(variants, name)) : undefined
  const chosen = small ? least : variant
  return {
    ...packageDefaults(model, small ? undefined : sessionID),
    ...model.options,
    ...agent.options,
    ...(chosen !== undefined && Object.hasOwn(variants, chosen) && variants[chosen]),
  }
}

function packageDefaults(model: Model, sessionID: string | undefined): Record<string, unknown> {
  switch (model.api.npm) {
    case "@ai-sdk/openai":
    case "@ai-sdk/azure":
      return {
        // Nothing is kept at the vendor: the whole conversation is sent each time, reasoning in its encrypted form.
        store: false,
        ...(sessionID && { promptCacheKey: sessionID }),
        ...(model.capabilities.reasoning && { include: ["reasoning.encrypted_content"], reasoningSummary: "auto" }),
      }
    case "@ai-sdk/google":
    case "@ai-sdk/google-vertex":
      return model.capabilities.reasoning ? { thinkingConfig: { includeThoughts: true } } : {}
    default:
      return {}
  }
}

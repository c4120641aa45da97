import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider"
import { callOptions } from "../../src/provider/call-options"
import { languageModel } from "../../src/provider/language-model"
import { getModel } from "../../src/provider/model"
import { prepareMessages } from "../../src/provider/prepare-messages"
import type { Agent } from "../../src/schema/agent"
import type { Config } from "../../src/schema/config"
import { testInstance } from "./instance"

const AGENT: Agent = { name: "build", mode: "primary", options: {}, permission: [] }
/** Of the user; no test may see it come back. */
export const KEY = "key-of-the-user-0123"
export const LIMIT = { context: 10_000, output: 100 }

export type Prompt = LanguageModelV4CallOptions["prompt"]
export type ProviderConfig = NonNullable<Config["provider"]>[string]

interface Call {
  provider?: string
  config: ProviderConfig
  model: string
  env?: Record<string, string>
  prompt?: Prompt
}

export const HI: Prompt = [{ role: "user", content: [{ type: "text", text: "Hi" }] }]

/** Calls a model once through the whole of `provider/`; answers what it said, and notes if the usage was not 5 tokens out. */
export async function callModel({ provider = "v", config, model, env = {}, prompt = HI }: Call): Promise<string> {
  await using it = await testInstance({ config: { provider: { [provider]: config } }, env })
  const found = await getModel(it.instance, { providerID: provider, modelID: model })
  const settings = await callOptions(it.instance, { model: found, agent: AGENT, sessionID: "ses_1" })
  const language = await languageModel(it.instance, found)
  const { stream } = await language.doStream({ ...settings, prompt: prepareMessages(found, prompt) })
  return textOf(stream)
}

async function textOf(stream: ReadableStream<LanguageModelV4StreamPart>): Promise<string> {
  let text = ""
  let finished = false
  for await (const part of stream) {
    if (part.type === "error") throw part.error
    if (part.type === "text-delta") text += part.delta
    if (part.type === "finish") finished = part.usage.outputTokens.total === 5
  }
  return finished ? text : `${text} (without the right usage)`
}

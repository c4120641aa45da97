import type { LanguageModelV4Prompt } from "@ai-sdk/provider"
import type { Instance } from "../instance/instance"
import { callOptions } from "../provider/call-options"
import { languageModel } from "../provider/language-model"
import { smallModel } from "../provider/model"
import { prepareMessages } from "../provider/prepare-messages"
import type { Model } from "../schema/provider"
import type { Session } from "../schema/session"
import { changeSession, hasDefaultTitle } from "../session/session"
import type { MessageWithParts } from "../store/store"
import { getAgent } from "./agent"
import { modelMessages } from "./model-messages"
import { streamText } from "./stream-text"

const MAX_LENGTH = 100
const THINKING = /<think>[\s\S]*?<\/think>\s*/g

/**
 * Gives a session a title from its first prompt, beside the run. Does nothing for child sessions, and once a title was
 * given. A failure is the caller's to log: the session keeps its default title.
 */
export async function ensureTitle(
  instance: Instance,
  session: Session,
  { history, model }: { history: MessageWithParts[]; model: Model },
): Promise<void> {
  if (session.parentID || !hasDefaultTitle(session)) return
  const first = history.findIndex(({ info, parts }) => info.role === "user" && parts.some(isOwnText))
  if (first < 0 || history.filter(({ info, parts }) => info.role === "user" && parts.some(isOwnText)).length > 1) return
  const title = await askForTitle(instance, session, { prompts: history.slice(0, first + 1), model })
  if (!title) return
  await changeSession(instance, session.id, (now) => (hasDefaultTitle(now) ? { ...now, title } : undefined))
}

const isOwnText = (part: MessageWithParts["parts"][number]) => part.type !== "text" || !part.synthetic

async function askForTitle(
  instance: Instance,
  session: Session,
  { prompts, model }: { prompts: MessageWithParts[]; model: Model },
): Promise<string | undefined> {
  const agent = await getAgent(instance, "title")
  const small = (await smallModel(instance, model.providerID)) ?? model
  const [language, options] = await Promise.all([
    languageModel(instance, small),
    callOptions(instance, { model: small, agent, sessionID: session.id, small: true }),
  ])
  const prompt: LanguageModelV4Prompt = [
    { role: "system", content: agent.prompt ?? "" },
    { role: "user", content: [{ type: "text", text: "Generate a title for what follows." }] },
    ...modelMessages(prompts, small),
  ]
  const text = await streamText(language, {
    ...options,
    prompt: prepareMessages(small, prompt),
    abortSignal: instance.signal,
  })
  const line = text
    .replace(THINKING, "")
    .split("\n")
    .map((each) => each.trim())
    .find((each) => each)
  if (!line) return undefined
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 3)}...` : line
}

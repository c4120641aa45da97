import { badRequest, errorMessage } from "../base/error"
import { newID } from "../base/id"
import { type Instance, openInstance } from "../instance/instance"
import { defaultModel } from "../provider/default-model"
import type { Agent } from "../schema/agent"
import type { UserMessage } from "../schema/message"
import type { PermissionRule } from "../schema/permission"
import type { ModelReference, PromptBody } from "../schema/prompt"
import type { Session } from "../schema/session"
import { withNewMessage } from "../session/message"
import { record } from "../session/record"
import { afterRevert } from "../session/revert"
import { changeSession, getSession } from "../session/session"
import { findRun, startRun } from "../session/status"
import type { MessageWithParts } from "../store/store"
import { defaultAgent, getAgent } from "./agent"
import { publishFailure, publishingFailure } from "./failure"
import { expandParts } from "./file-parts"
import { runLoop } from "./loop"

/** A prompt that is stored. Nothing about it can be refused any more. */
export interface Accepted {
  message: MessageWithParts
  /** The last assistant message of the run that answers it; for `noReply` the stored message itself. */
  answer: Promise<MessageWithParts>
}

/**
 * Stores a prompt and has it answered: by the running loop if the session is busy, else by a new one. Whoever waits gets
 * the last assistant message of that run. Throws 404 for an unknown session or agent, 400 for parts that cannot be read.
 */
export async function startPrompt(instance: Instance, sessionID: string, body: PromptBody): Promise<Accepted> {
  const session = await getSession(instance.app, sessionID)
  try {
    return await afterRevert(instance, session, () => accept(instance, session, body))
  } catch (error) {
    if (!instance.signal.aborted) throw error
    // Disposed before anything was stored.
    return startPrompt(await openInstance(instance.app, instance.directory), sessionID, body)
  }
}

async function accept(instance: Instance, session: Session, body: PromptBody): Promise<Accepted> {
  const sessionID = session.id
  const agent = await chosenAgent(instance, sessionID, body.agent)
  const model = await chosenModel(instance, session, { given: body.model, agent })
  // The choice is the user's even if the parts of this prompt cannot be read.
  await rememberChoice(instance, sessionID, { body, agent, model })
  const id = body.messageID ?? newID("message")
  const message = await withNewMessage(instance, { sessionID, id }, () =>
    storeUserMessage(instance, { id, sessionID }, { body, agent, model }),
  )
  if (body.noReply) return { message, answer: Promise.resolve(message) }
  return { message, answer: answerSession(instance, sessionID) }
}

/** Sends a prompt and waits for the answer. Throws what `startPrompt` does, and what made the run fail before it could answer. */
export const prompt = async (instance: Instance, sessionID: string, body: PromptBody): Promise<MessageWithParts> =>
  (await startPrompt(instance, sessionID, body)).answer

/**
 * Sends a prompt without waiting for it to be run. Throws only for an unknown session; every other failure is told by
 * `session.error`, because nobody waits for a status.
 */
export async function promptLater(instance: Instance, sessionID: string, body: PromptBody): Promise<void> {
  await getSession(instance.app, sessionID)
  prompt(instance, sessionID, body).catch((error) => {
    publishFailure(instance, sessionID, error)
    instance.app.log.warn("A prompt could not be run", { sessionID, error: errorMessage(error) })
  })
}

/**
 * Runs the session until all its prompts are answered, or joins the run that is under way. An instance that was disposed
 * meanwhile is opened anew: what was accepted is answered.
 */
export function answerSession(instance: Instance, sessionID: string): Promise<MessageWithParts> {
  if (instance.signal.aborted)
    return openInstance(instance.app, instance.directory).then((opened) => answerSession(opened, sessionID))
  const running = findRun(instance, sessionID)
  if (!running) {
    const { run, done } = startRun(instance, sessionID, (run, release) => runLoop(instance, run, release))
    run.requests++
    run.answer = done
    return done
  }
  // A shell command answers no prompts, a run that was stopped no further ones: the prompt's own run begins after it.
  if (!running.answer || running.abort.signal.aborted)
    return running.done.then(() => answerSession(instance, sessionID))
  running.requests++
  return running.answer
}

async function chosenAgent(instance: Instance, sessionID: string, name: string | undefined): Promise<Agent> {
  if (name === undefined) return defaultAgent(instance)
  return publishingFailure(instance, sessionID, () => getAgent(instance, name))
}

/** The model that was given, else the agent's, else that of the session's last prompt, else the default. */
export async function chosenModel(
  instance: Instance,
  session: Session,
  { given, agent }: { given: ModelReference | undefined; agent: Agent },
): Promise<ModelReference> {
  if (given) return { providerID: given.providerID, modelID: given.modelID }
  if (agent.model) return agent.model
  if (session.model) return { providerID: session.model.providerID, modelID: session.model.id }
  return defaultModel(instance)
}

interface Chosen {
  body: PromptBody
  agent: Agent
  model: ModelReference
}

async function storeUserMessage(
  instance: Instance,
  ids: { id: string; sessionID: string },
  { body, agent, model }: Chosen,
) {
  const { variant, format, system, tools } = body
  const info: UserMessage = {
    ...ids,
    role: "user",
    time: { created: instance.app.now() },
    agent: agent.name,
    model: { ...model, ...(variant !== undefined && { variant }) },
    ...(format && { format }),
    ...(system !== undefined && { system }),
    ...(tools && { tools }),
  }
  const parts = await expandParts(instance, { info, agent, parts: body.parts })
  if (new Set(parts.map((part) => part.id)).size < parts.length)
    throw badRequest("Two parts of the prompt have the same id", "Payload")
  await record(instance, [
    { type: "message.updated", info },
    ...parts.map((part) => ({ type: "message.part.updated" as const, part })),
  ])
  return { info, parts }
}

/** The session remembers agent and model of its last prompt, and the prompt's `tools` as rules for later ones too. */
async function rememberChoice(instance: Instance, sessionID: string, { body, agent, model }: Chosen) {
  await changeSession(instance, sessionID, (session) => {
    const rules = newRules(session.permission ?? [], body.tools ?? {})
    return {
      ...session,
      agent: agent.name,
      model: { id: model.modelID, providerID: model.providerID, variant: body.variant ?? "default" },
      ...(rules.length > 0 && { permission: [...(session.permission ?? []), ...rules] }),
      time: { ...session.time, updated: instance.app.now() },
    }
  })
}

/** What `tools` says that the session's rules do not say already: clients send the same with every prompt. */
function newRules(known: PermissionRule[], tools: Record<string, boolean>): PermissionRule[] {
  const rules = Object.entries(tools).map(([permission, on]): PermissionRule => {
    return { permission, pattern: "*", action: on ? "allow" : "deny" }
  })
  return rules.filter(
    (rule) =>
      known.findLast((each) => each.permission === rule.permission && each.pattern === "*")?.action !== rule.action,
  )
}

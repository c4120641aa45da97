import type { Instance } from "../instance/instance"
import { getModel } from "../provider/model"
import type { ModelReference } from "../schema/prompt"
import { afterRevert } from "../session/revert"
import { getSession } from "../session/session"
import { defaultAgent } from "./agent"
import { requestCompaction } from "./compaction"
import { publishingFailure } from "./failure"
import { answerSession } from "./prompt"

/**
 * Compacts a session by hand and answers when its summary is stored. With `auto` the agent goes on with the work after it.
 * Throws 404 for an unknown session or model, which is published as `session.error` too.
 */
export async function summarizeSession(
  instance: Instance,
  sessionID: string,
  { providerID, modelID, auto = false }: ModelReference & { auto?: boolean },
): Promise<true> {
  const session = await getSession(instance.app, sessionID)
  await publishingFailure(instance, sessionID, () => getModel(instance, { providerID, modelID }))
  const agent = session.agent ?? (await defaultAgent(instance)).name
  const { answer } = await afterRevert(instance, session, async () => {
    await requestCompaction(instance, {
      user: { sessionID, agent, model: { providerID, modelID } },
      overflow: false,
      auto,
    })
    return { answer: answerSession(instance, sessionID) }
  })
  await answer
  return true
}

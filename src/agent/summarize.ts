import type { Instance } from "../instance/instance"
import { getModel } from "../provider/model"
import type { ModelReference } from "../schema/prompt"
import { cleanupRevert } from "../session/revert"
import { getSession } from "../session/session"
import { defaultAgent } from "./agent"
import { requestCompaction } from "./compaction"
import { answerSession } from "./prompt"

/**
 * Compacts a session by hand and answers when its summary is stored. With `auto` the agent goes on with the work after it.
 * Throws 404 for an unknown session or model.
 */
export async function summarizeSession(
  instance: Instance,
  sessionID: string,
  { providerID, modelID, auto = false }: ModelReference & { auto?: boolean },
): Promise<true> {
  const session = await getSession(instance.app, sessionID)
  await getModel(instance, { providerID, modelID })
  await cleanupRevert(instance, session)
  const agent = session.agent ?? (await defaultAgent(instance)).name
  await requestCompaction(instance, {
    user: { sessionID, agent, model: { providerID, modelID } },
    overflow: false,
    auto,
  })
  await answerSession(instance, sessionID)
  return true
}

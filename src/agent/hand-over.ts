import { errorMessage } from "../base/error"
import { newID } from "../base/id"
import type { Instance } from "../instance/instance"
import type { UserMessage } from "../schema/message"
import { record } from "../session/record"
import { besideRevert } from "../session/revert"
import { boundOutput } from "../tool/output"
import { taskOutput } from "../tool/task-output"
import { newUserMessage } from "./new-message"
import { answerSession } from "./prompt"

/** How the work of a child session ended. */
export interface SubtaskEnd {
  state: "completed" | "error"
  /** Its answer, or what made it fail. */
  text: string
  /** Whether somebody stopped it: by that nobody has asked the parent for anything. */
  stopped: boolean
}

/**
 * Tells a session how a subtask ended that went on in the background: as a synthetic message, which its run or a new one
 * answers. Only stored, for the model to read with the next prompt, is the end of a subtask that was stopped, and what
 * comes into a session that is reverted or whose instance ends. Nothing happens when the session is gone. Never rejects.
 */
export async function handOver(
  instance: Instance,
  { parentID, childID }: { parentID: string; childID: string },
  end: SubtaskEnd,
): Promise<void> {
  const { store, log } = instance.app
  const report = async (error: unknown) => {
    if (instance.signal.aborted || !(await store.findSession(parentID))) return
    const fields = { sessionID: parentID, childID, error: errorMessage(error) }
    log.warn("The end of a subagent in the background was not answered", fields)
  }
  try {
    const { text } = await boundOutput(instance, taskOutput(childID, end))
    await besideRevert(instance, parentID, async (isReverted) => {
      const isStored = await storeNote(instance, parentID, text)
      if (!isStored || end.stopped || isReverted || instance.signal.aborted) return
      answerSession(instance, parentID).catch(report)
    })
  } catch (error) {
    await report(error)
  }
}

/** Answers whether there was anything to go by: without a prompt nobody knows any more what the note is about. */
async function storeNote(instance: Instance, sessionID: string, text: string): Promise<boolean> {
  const messages = await instance.app.store.listMessages(sessionID)
  const last = messages.map(({ info }) => info).findLast((info): info is UserMessage => info.role === "user")
  if (!last) return false
  const info = newUserMessage(instance, last)
  const ids = { id: newID("part"), sessionID, messageID: info.id }
  await record(instance, [
    { type: "message.updated", info },
    { type: "message.part.updated", part: { ...ids, type: "text", text, synthetic: true } },
  ])
  return true
}

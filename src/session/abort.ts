import type { Instance } from "../instance/instance"
import { openInstance } from "../instance/instance"
import { cancelPermissions } from "../permission/permission"
import { cancelQuestions } from "../question/question"
import { settleMessages } from "./settle"
import { announceIdle, findRun } from "./status"

/**
 * Stops what a session does, in its own directory's instance, and answers when it is idle. Unknown and idle sessions are
 * announced as idle once more, as clients expect; what an earlier server left unfinished in them is settled.
 */
export async function abortSession(instance: Instance, sessionID: string): Promise<true> {
  const session = await instance.app.store.findSession(sessionID)
  if (!session) return abortRun(instance, sessionID)
  const own = await openInstance(instance.app, session.directory)
  await settleLeftovers(own, sessionID)
  return abortRun(own, sessionID)
}

/** A server that was killed could not say that its answers are cut: whoever aborts them means that they are. */
async function settleLeftovers(instance: Instance, sessionID: string): Promise<void> {
  const messages = await instance.app.store.listMessages(sessionID)
  // What is open while the session runs is the run's.
  if (findRun(instance, sessionID)) return
  await settleMessages(instance, messages)
}

/** The same in the session's own instance. What waits for the user is taken back; child sessions stop with the call that runs them. */
export async function abortRun(instance: Instance, sessionID: string): Promise<true> {
  const run = findRun(instance, sessionID)
  run?.abort.abort()
  cancelPermissions(instance, sessionID)
  cancelQuestions(instance, sessionID)
  if (run) await run.done
  else announceIdle(instance, sessionID)
  return true
}

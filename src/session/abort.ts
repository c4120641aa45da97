import type { Instance } from "../instance/instance"
import { openInstance } from "../instance/instance"
import { cancelPermissions } from "../permission/permission"
import { cancelQuestions } from "../question/question"
import { announceIdle, findRun } from "./status"

/**
 * Stops what a session does, in its own directory's instance, and answers when it is idle. Unknown and idle sessions are
 * announced as idle once more, as clients expect.
 */
export async function abortSession(instance: Instance, sessionID: string): Promise<true> {
  const session = await instance.app.store.findSession(sessionID)
  return abortRun(session ? await openInstance(instance.app, session.directory) : instance, sessionID)
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

import type { Instance } from "../instance/instance"
import { cancelPermissions } from "../permission/permission"
import { cancelQuestions } from "../question/question"
import { announceIdle, findRun } from "../session/status"

/**
 * Stops what a session does and answers when it is idle. What waits for the user is taken back; child sessions stop with
 * the tool call that runs them. A session that is idle already is announced as idle once more, as clients expect.
 */
export async function abortRun(instance: Instance, sessionID: string): Promise<true> {
  const run = findRun(instance, sessionID)
  run?.abort.abort()
  cancelPermissions(instance, sessionID)
  cancelQuestions(instance, sessionID)
  if (run) await run.done
  else announceIdle(instance, sessionID)
  return true
}

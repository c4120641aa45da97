import type { Instance } from "../instance/instance"
import { abortRun } from "./abort"
import { record } from "./record"
import { getSession } from "./session"
import { findRun } from "./status"
import { forgetSummary } from "./summary"

/**
 * Deletes a session with all its data, its children first. What runs in them is stopped, what waits for the user is taken
 * back. Throws 404.
 */
export async function removeSession(instance: Instance, id: string): Promise<true> {
  const session = await getSession(instance.app, id)
  // First, so that it makes no more children.
  await abortRun(instance, id)
  for (const child of await instance.app.store.listSessions({ parentID: id })) await removeSession(instance, child.id)
  // A prompt may have come meanwhile.
  if (findRun(instance, id)) await abortRun(instance, id)
  forgetSummary(instance, id)
  await record(instance, [{ type: "session.deleted", info: session }])
  return true
}

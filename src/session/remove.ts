import type { Instance } from "../instance/instance"
import { abortRun } from "./abort"
import { record } from "./record"
import { getSession } from "./session"

/**
 * Deletes a session with all its data, its children first. What runs in them is stopped, what waits for the user is taken
 * back. Throws 404.
 */
export async function removeSession(instance: Instance, id: string): Promise<true> {
  const session = await getSession(instance.app, id)
  for (const child of await instance.app.store.listSessions({ parentID: id })) await removeSession(instance, child.id)
  await abortRun(instance, id)
  await record(instance, [{ type: "session.deleted", info: session }])
  return true
}

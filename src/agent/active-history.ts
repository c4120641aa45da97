import type { Instance } from "../instance/instance"
import type { MessageWithParts } from "../store/store"

/**
 * What of a session its model still gets: all of it, or from the last finished summary on, with the newest turns before it
 * if the compaction kept some.
 */
export async function activeHistory(instance: Instance, sessionID: string): Promise<MessageWithParts[]> {
  const all = await instance.app.store.listMessages(sessionID)
  const summaryAt = all.findLastIndex(
    ({ info }) => info.role === "assistant" && info.summary && info.finish && !info.error,
  )
  const summary = all[summaryAt]?.info
  if (summary?.role !== "assistant") return all
  const requestAt = all.findIndex(({ info }) => info.id === summary.parentID)
  const request = all[requestAt]
  if (!request) return all
  const tailID = request.parts.find((part) => part.type === "compaction")?.tail_start_id
  const tailAt = tailID ? all.findIndex(({ info }) => info.id === tailID) : -1
  const tail = tailAt < 0 ? [] : all.slice(tailAt, requestAt)
  return [request, all[summaryAt]!, ...tail, ...all.slice(requestAt + 1).filter(({ info }) => info.id !== summary.id)]
}

import type { Session } from "../schema/session"
import type { SessionFilter, Store } from "../store/store"

export interface Sessions {
  sessions: Session[]
  /** The session that comes after them, if there are more. */
  next?: Session
}

/** At most `limit` sessions, the last updated first; a negative limit means all. Fractions are rounded up. */
export async function pageSessions(store: Store, filter: SessionFilter & { limit: number }): Promise<Sessions> {
  const limit = Math.ceil(filter.limit)
  if (limit < 0) return { sessions: await store.listSessions({ ...filter, limit: -1 }) }
  // One more tells whether there are more.
  const found = await store.listSessions({ ...filter, limit: limit === 0 ? 0 : limit + 1 })
  const next = found[limit]
  return { sessions: found.slice(0, limit), ...(next && { next }) }
}

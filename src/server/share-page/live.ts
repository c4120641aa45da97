import { secretOf } from "../../base/share-link"
import type { App } from "../../instance/app"
import type { Published } from "../../instance/event"
import { appState } from "../../instance/state"
import type { Event } from "../../schema/event"
import type { Session } from "../../schema/session"
import { findShared } from "../../session/share"
import { htmlText } from "./markup"
import { messageElement } from "./message"
import { headMarkup } from "./page"
import { type Placed, partElement } from "./part"

/** Milliseconds between two readings of what has changed. Text that streams is stored about as often. */
const INTERVAL = 200
/** Milliseconds over which the first changes after a pause are collected. */
const FIRST = 20

/** One step of the page: elements to put into their parents or in place of the ones they replace, and ids to remove. */
export interface Change {
  put?: { id: string; html: string; parent?: string; order?: string; shell?: true }[]
  remove?: string[]
  /** The page is to be read again. */
  renew?: true
  /** Nothing is shared any more. */
  gone?: true
}

type Viewer = (change: Change) => void

interface Following {
  viewers: Set<Viewer>
  stop(): void
}

const followed = appState(() => new Map<string, Following>())

/** How many follow a shared session. */
export const viewersOf = (app: App, secret: string) => followed(app).get(secret)?.viewers.size ?? 0

/**
 * Tells a viewer what changes on the page of a shared session, until the function that is answered is called or nothing
 * is shared any more. All viewers of a session share one reading of what has changed.
 */
export function follow(app: App, session: Session, secret: string, viewer: Viewer): () => void {
  const all = followed(app)
  const following = all.get(secret) ?? startFollowing(app, session.id, secret, () => all.delete(secret))
  all.set(secret, following)
  following.viewers.add(viewer)
  return () => {
    following.viewers.delete(viewer)
    if (following.viewers.size === 0) following.stop()
  }
}

/** What has changed since it was last told. */
interface Dirty {
  head: boolean
  messages: Set<string>
  /** Their messages by part. */
  parts: Map<string, string>
  removed: Set<string>
}

const nothing = (): Dirty => ({ head: false, messages: new Set(), parts: new Map(), removed: new Set() })

function startFollowing(app: App, sessionID: string, secret: string, forget: () => void): Following {
  const viewers = new Set<Viewer>()
  let dirty = nothing()
  let timer: Timer | undefined
  let reverted = false
  let last = 0

  const tell = (change: Change) => {
    for (const viewer of [...viewers]) viewer(change)
  }
  let open = true
  const stop = () => {
    if (!open) return
    open = false
    unsubscribe()
    clearTimeout(timer)
    forget()
  }
  const end = () => {
    stop()
    tell({ gone: true })
  }
  const flush = async () => {
    const changed = dirty
    dirty = nothing()
    const shared = await findShared(app, secret)
    if (!shared) return end()
    // What is reverted disappears from the page, and comes back if it is taken back.
    const renew = reverted || shared.session.revert !== undefined
    reverted = shared.session.revert !== undefined
    tell(renew ? { renew: true } : await changeOf(shared, changed))
  }
  const soon = () => {
    const wait = Math.max(FIRST, last + INTERVAL - performance.now())
    timer ??= setTimeout(() => {
      last = performance.now()
      flush()
        .catch((error) => {
          app.log.error("The changes of a shared session could not be read", { sessionID, error })
          tell({ renew: true })
        })
        .finally(() => {
          timer = undefined
          if (open && !isEmpty(dirty)) soon()
        })
    }, wait)
  }
  /** All instances have ended, maybe with the server: there is nothing to be read until a page is asked for. */
  const pause = () => {
    clearTimeout(timer)
    timer = undefined
    dirty = nothing()
    tell({ renew: true })
  }
  const hear = ({ event }: Published) => {
    if (event.type === "global.disposed") return pause()
    // Nothing of another session gets past this line.
    if (!("sessionID" in event.properties) || event.properties.sessionID !== sessionID) return
    if (endsSharing(event, secret)) return end()
    note(event, dirty)
    if (!isEmpty(dirty)) soon()
  }
  const unsubscribe = app.bus.subscribe(hear)
  return { viewers, stop }
}

const isEmpty = ({ head, messages, parts, removed }: Dirty) => !head && messages.size + parts.size + removed.size === 0

function endsSharing(event: Event, secret: string): boolean {
  if (event.type === "session.deleted") return true
  if (event.type !== "session.updated") return false
  const { share } = event.properties.info
  return !share || secretOf(share.url) !== secret
}

function note(event: Event, dirty: Dirty): void {
  switch (event.type) {
    case "session.updated":
    case "session.status":
    case "permission.asked":
    case "permission.replied":
    case "question.asked":
    case "question.replied":
    case "question.rejected":
      dirty.head = true
      return
    case "message.updated":
      dirty.messages.add(event.properties.info.id)
      return
    case "message.part.updated":
      dirty.parts.set(event.properties.part.id, event.properties.part.messageID)
      return
    case "message.part.delta":
      dirty.parts.set(event.properties.partID, event.properties.messageID)
      return
    case "message.removed":
      dirty.removed.add(event.properties.messageID)
      return
    case "message.part.removed":
      dirty.removed.add(event.properties.partID)
  }
}

/** Reads what has changed as it is now, as the elements of the page. */
async function changeOf(
  { instance, session }: NonNullable<Awaited<ReturnType<typeof findShared>>>,
  { head, messages, parts, removed }: Dirty,
): Promise<Change> {
  const { store } = instance.app
  const put: NonNullable<Change["put"]> = []
  const remove = [...removed]
  if (head) put.push({ id: "head", html: htmlText(headMarkup(instance, session)) })
  for (const id of messages) {
    const info = await store.findMessage(session.id, id)
    if (!info) remove.push(id)
    else put.push({ ...placed(messageElement({ info, parts: [] })), parent: "conversation", shell: true })
  }
  for (const [id, messageID] of parts) {
    const [part, info] = await Promise.all([
      store.findPart(session.id, messageID, id),
      store.findMessage(session.id, messageID),
    ])
    const element = part && info && partElement(part, info.role)
    if (element) put.push({ ...placed(element), parent: `${messageID}-parts` })
    else if (!part || part.type === "text" || part.type === "reasoning") remove.push(id)
  }
  return { ...(put.length > 0 && { put }), ...(remove.length > 0 && { remove }) }
}

const placed = ({ id, order, markup }: Placed) => ({ id, order, html: htmlText(markup) })

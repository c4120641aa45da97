import type { Instance } from "../../instance/instance"
import { listPermissions } from "../../permission/permission"
import { listQuestions } from "../../question/question"
import type { Session } from "../../schema/session"
import { findRun } from "../../session/status"
import type { MessageWithParts } from "../../store/store"
import { pageDocument } from "./document"
import { html, type Markup } from "./markup"
import { counted, messageElement } from "./message"

/** Messages of one page; older ones are on pages of their own. */
const PAGE = 200

/**
 * The page of a shared session: its newest messages, or those before the message `before`. What is reverted is not shown.
 * It holds what its script needs to keep it up to date.
 */
export async function sharePage(instance: Instance, session: Session, before?: string): Promise<string> {
  const { store } = instance.app
  // Read first: what changes from then on is told by the stream.
  const seq = await store.lastSeq()
  const found = await store.listMessages(session.id, { limit: PAGE + 1, ...(before !== undefined && { before }) })
  const messages = visibleMessages(session, found.slice(-PAGE))
  const oldest = found.length > PAGE ? found.at(-PAGE)?.info.id : undefined
  const main = html`${oldest !== undefined && html`<p class="more"><a href="?before=${encodeURIComponent(oldest)}">Earlier messages</a></p>`}
<main id="conversation">${messages.map((message) => messageElement(message).markup)}</main>
${before !== undefined && html`<p class="more"><a href="?">Newest messages</a></p>`}`
  return pageDocument({
    title: session.title,
    body: html`${headMarkup(instance, session)}${main}`,
    ...(before === undefined && { live: seq }),
  })
}

/** The top of the page: what the session is and whether it runs. */
export function headMarkup(instance: Instance, session: Session): Markup {
  const { title, time, summary } = session
  const made = new Date(time.created).toISOString()
  const status = statusOf(instance, session.id)
  return html`<header id="head"><h1>${title}</h1><p><time datetime="${made}">${made.slice(0, 16).replace("T", " ")} UTC</time>${
    summary && summary.files > 0 && html` · ${counted(summary.files, "file")} changed`
  }${status && html` · <span class="status">${status}</span>`}</p></header>`
}

function statusOf(instance: Instance, sessionID: string): string | undefined {
  const run = findRun(instance, sessionID)
  if (!run) return undefined
  const waits = [...listPermissions(instance), ...listQuestions(instance)].some((each) => each.sessionID === sessionID)
  if (waits) return "waiting for its user"
  return run.status.type === "retry" ? "waiting for the model" : "running"
}

/** The messages without what is reverted. */
function visibleMessages({ revert }: Session, messages: MessageWithParts[]): MessageWithParts[] {
  const from = revert ? messages.findIndex(({ info }) => info.id === revert.messageID) : -1
  const first = messages[from]
  if (!first || !revert) return messages
  const kept = messages.slice(0, from)
  const until = first.parts.findIndex(({ id }) => id === revert.partID)
  return until > 0 ? [...kept, { ...first, parts: first.parts.slice(0, until) }] : kept
}

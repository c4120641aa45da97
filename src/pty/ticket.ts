import { randomBytes } from "node:crypto"
import { tagged } from "../base/error"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import { appState } from "../instance/state"
import type { PtyTicketConnectToken } from "../schema/pty"

/** Seconds that a ticket can be used. */
const LIFETIME = 60
/** Tickets that nobody uses are forgotten, the oldest first. */
const MAX_TICKETS = 1000

interface Ticket {
  ptyID: string
  directory: string
  /** Epoch milliseconds. */
  expires: number
}

const ticketsOf = appState(() => new Map<string, Ticket>())

/** A ticket with which one connection to a terminal can be opened, by a browser that cannot send a password with it. */
export function issueTicket({ app, directory }: Instance, ptyID: string): PtyTicketConnectToken {
  const tickets = ticketsOf(app)
  for (const [ticket, { expires }] of tickets)
    if (expires <= app.now() || tickets.size >= MAX_TICKETS) tickets.delete(ticket)
  const ticket = randomBytes(24).toString("base64url")
  tickets.set(ticket, { ptyID, directory, expires: app.now() + LIFETIME * 1000 })
  return { ticket, expires_in: LIFETIME }
}

/**
 * Uses a ticket up. Throws 403 unless it was issued for this terminal of this directory (by its real path) less than a
 * minute ago and is unused.
 */
export function useTicket(app: App, ticket: string, place: { ptyID: string; directory: string }): void {
  const tickets = ticketsOf(app)
  const found = tickets.get(ticket)
  tickets.delete(ticket)
  if (found?.ptyID !== place.ptyID || found.directory !== place.directory || found.expires <= app.now())
    throw tagged(403, "Forbidden", "The ticket is unknown, used up, too old or for another terminal")
}

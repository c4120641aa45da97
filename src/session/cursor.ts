import { badRequest } from "../base/error"

/** A part of a list, and what leads to the next one if there is more. */
export interface Page<T> {
  entries: T[]
  cursor?: string
}

/** A place in a list by time: that of an entry which was listed. */
export interface Cursor {
  id: string
  /** By which the list is sorted, in epoch milliseconds. */
  time: number
}

/** A place as the text that clients pass on. */
export const encodeCursor = ({ id, time }: Cursor) => Buffer.from(JSON.stringify({ id, time })).toString("base64url")

/** The place that a query parameter `before` names. Throws 400 for a text that is none. */
export function decodeCursor(text: string): Cursor {
  try {
    const { id, time }: Partial<Cursor> = JSON.parse(Buffer.from(text, "base64url").toString())
    if (typeof id === "string" && typeof time === "number") return { id, time }
  } catch {
    // Falls through: whatever does not decode is no cursor.
  }
  throw badRequest(`"before" is not a cursor of this server: ${text}`, "Query")
}

import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { tagged } from "../../base/error"

export type Order = "asc" | "desc"

/** How to walk through a list by age: away from the entry with the id `from`, or from the end of the list. */
export interface Walk {
  towards: "older" | "newer"
  from?: string
  limit: number
}

export interface Page<T> {
  data: T[]
  /** Lead to the pages next to this one, where there are any. */
  cursor: { next?: string; previous?: string }
}

const Cursor = Type.Object({
  order: Type.Union([Type.Literal("asc"), Type.Literal("desc")]),
  direction: Type.Union([Type.Literal("next"), Type.Literal("previous")]),
  id: Type.String(),
})

/**
 * A page of a list by age. `fetch` answers what a walk meets, nearest first. A cursor says its order itself. Throws 400
 * `InvalidCursorError` for a cursor that this server did not make.
 */
export async function pageByAge<T extends { id: string }>(
  query: { order?: Order | undefined; limit: number; cursor?: string | undefined },
  fetch: (walk: Walk) => Promise<T[]>,
): Promise<Page<T>> {
  const cursor = query.cursor === undefined ? undefined : decode(query.cursor)
  const order = cursor?.order ?? query.order ?? "desc"
  const back = cursor?.direction === "previous"
  const found = await fetch({
    towards: (order === "desc") === back ? "newer" : "older",
    // One more tells whether there is a further page.
    limit: query.limit + 1,
    ...(cursor && { from: cursor.id }),
  })
  const more = found.length > query.limit
  const data = found.slice(0, query.limit)
  if (back) data.reverse()
  const first = data[0]
  const last = data.at(-1)
  if (!first || !last) return { data, cursor: {} }
  // Where the walk came from, there was at least the entry that the cursor names.
  const [hasNext, hasPrevious] = back ? [true, more] : [more, cursor !== undefined]
  return {
    data,
    cursor: {
      ...(hasNext && { next: encode({ order, direction: "next", id: last.id }) }),
      ...(hasPrevious && { previous: encode({ order, direction: "previous", id: first.id }) }),
    },
  }
}

const encode = (cursor: object) => Buffer.from(JSON.stringify(cursor)).toString("base64url")

function decode(text: string) {
  try {
    const cursor: unknown = JSON.parse(Buffer.from(text, "base64url").toString())
    if (Value.Check(Cursor, cursor)) return cursor
  } catch {
    // Falls through: whatever does not decode is no cursor.
  }
  throw tagged(400, "InvalidCursorError", `Not a cursor of this server: ${text}`)
}

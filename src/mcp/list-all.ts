import type { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { type Static, type TSchema, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { sendRequest } from "./request"

/** More than any server has; one that never comes to an end must not fill the memory. */
const MAX_PAGES = 100
const MAX_ENTRIES = 10_000

type ListMethod = "tools/list" | "prompts/list" | "resources/list" | "resources/templates/list"

const Page = Type.Object({ nextCursor: Type.Optional(Type.String()) })
const Entries = Type.Record(Type.String(), Type.Unknown())

/**
 * All entries of one of a server's lists, page by page. Entries that do not fit the schema are left out, so that one bad
 * tool does not cost the others. `timeout` in milliseconds is for each page. Throws what the server answers.
 */
export async function listAll<T extends TSchema>(
  client: Client,
  { method, key, schema }: { method: ListMethod; key: string; schema: T },
  options: { timeout: number; signal?: AbortSignal },
): Promise<Static<T>[]> {
  const entries: Static<T>[] = []
  const seen = new Set<string>()
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES && entries.length < MAX_ENTRIES; page++) {
    const result = await sendRequest(client, { method, params: cursor === undefined ? {} : { cursor } }, options)
    const found = Value.Check(Entries, result) ? result[key] : undefined
    if (!Array.isArray(found)) throw new Error(`The server answered ${method} without a list of ${key}`)
    entries.push(...found.filter((entry) => Value.Check(schema, entry)))
    cursor = Value.Check(Page, result) ? result.nextCursor : undefined
    if (!cursor || seen.has(cursor)) break
    seen.add(cursor)
  }
  return entries.slice(0, MAX_ENTRIES)
}

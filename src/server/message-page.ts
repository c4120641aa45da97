import type { MessagePage } from "../session/message"
import { compressedResponse, toJSON } from "./respond"
import { requestURL } from "./route-path"

/** A page of messages, with the headers that lead to the older ones when there are more. */
export async function messagePage(request: Request, query: { limit?: number }, page: MessagePage): Promise<Response> {
  const response = await compressedResponse(toJSON(page.messages), "application/json", request)
  if (!page.cursor) return response
  const next = requestURL(request)
  next.searchParams.set("limit", `${query.limit}`)
  next.searchParams.set("before", page.cursor)
  response.headers.set("x-next-cursor", page.cursor)
  response.headers.set("link", `<${next}>; rel="next"`)
  response.headers.set("access-control-expose-headers", "Link, X-Next-Cursor")
  return response
}

import type { Page } from "../session/cursor"
import { compressedResponse, toJSON } from "./respond"
import { requestURL } from "./route-path"

/** A page of a list, with the headers that lead to the next one when there is more; `parameter` takes its cursor. */
export async function pageAnswer(
  request: Request,
  { entries, cursor }: Page<unknown>,
  parameter: "before" | "cursor" = "before",
): Promise<Response> {
  const response = await compressedResponse(toJSON(entries), "application/json", request)
  if (cursor === undefined) return response
  const next = requestURL(request)
  next.searchParams.set(parameter, cursor)
  response.headers.set("x-next-cursor", cursor)
  response.headers.set("link", `<${next}>; rel="next"`)
  response.headers.set("access-control-expose-headers", "Link, X-Next-Cursor")
  return response
}

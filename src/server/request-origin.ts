import { requestURL } from "./route-path"

/**
 * The origin that a client reaches the server by: what its request says, and `https` when a proxy in front of the server
 * says that it was so.
 */
export function requestOrigin(request: Request): string {
  const { host, origin } = requestURL(request)
  return request.headers.get("x-forwarded-proto") === "https" ? `https://${host}` : origin
}

// `@elysiajs/cors` is not used: it sends the preflight headers (and the names of all request headers) with every answer,
// does not cover what is answered outside of the router, as a 401 is, and answers a preflight with its own methods only.

const METHODS = "GET, HEAD, PUT, PATCH, POST, DELETE"
const MAX_AGE = "86400"
const ALLOWED = [
  /^http:\/\/localhost:\d+$/,
  /^http:\/\/127\.0\.0\.1:\d+$/,
  /^oc:\/\/renderer/,
  /^tauri:\/\/localhost$/,
  /^https?:\/\/tauri\.localhost$/,
  /^https:\/\/([a-z0-9-]+\.)*opencode\.ai$/,
]

/** Whether pages of `origin` may read answers: the origins of local clients, and those of `extra` exactly. */
export const isAllowedOrigin = (origin: string, extra: readonly string[]) =>
  extra.includes(origin) || ALLOWED.some((pattern) => pattern.test(origin))

/** The answer to a preflight. It needs no password; a refused origin is told by the missing header. */
export function preflightResponse(request: Request, extra: readonly string[]): Response {
  const wanted = request.headers.get("access-control-request-headers")
  const response = new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": METHODS,
      "access-control-allow-headers": wanted ?? "",
      "access-control-max-age": MAX_AGE,
      ...(wanted !== null && { vary: "Access-Control-Request-Headers" }),
    },
  })
  return withCORS(request, response, extra)
}

/** Adds to an answer what lets a page of an allowed origin read it. */
export function withCORS(request: Request, response: Response, extra: readonly string[]): Response {
  const origin = request.headers.get("origin")
  if (origin !== null && isAllowedOrigin(origin, extra)) response.headers.set("access-control-allow-origin", origin)
  response.headers.append("vary", "Origin")
  return response
}

import { randomBytes } from "node:crypto"
import { errorMessage, WireError } from "../base/error"
import type { App } from "../instance/app"
import { jsonResponse } from "./respond"
import { requestURL } from "./route-path"

/**
 * The only place where an error becomes a status and a body. What nobody expected is logged with a reference, and the
 * client is told only that: the text of an unknown error may hold paths or keys.
 */
export function errorResponse(app: App, error: unknown, request: Request): Response {
  if (error instanceof WireError) return jsonResponse(error.body, error.status)
  const ref = `err_${randomBytes(4).toString("hex")}`
  const { method } = request
  // The secret of a share page is for nobody who reads the log.
  const path = requestURL(request).pathname.replace(/^(\/+share\/+)[^/]+/i, "$1…")
  app.log.error("A request failed", { ref, method, path, reason: errorMessage(error), error })
  const message = "Unexpected server error. Check server logs for details."
  return jsonResponse({ name: "UnknownError", data: { message, ref } }, 500)
}

/** 405: the path exists, but not for this method. */
export function methodNotAllowed(path: string, method: string, allowed: string[]): Response {
  const message = `${path} cannot be used with ${method}, only with ${allowed.join(", ")}`
  const response = jsonResponse({ name: "MethodNotAllowed", data: { message } }, 405)
  response.headers.set("allow", allowed.join(", "))
  return response
}

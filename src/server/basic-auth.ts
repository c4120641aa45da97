import { createHash, timingSafeEqual } from "node:crypto"
import type { UnauthorizedError } from "../schema/api-error"
import { jsonResponse } from "./respond"

export interface Credentials {
  username: string
  password: string
}

/**
 * Whether a request may pass: query `auth_token` (the base64 of `user:password`), which wins, or an `Authorization: Basic`
 * header.
 */
export function isAuthorized(request: Request, query: URLSearchParams, { username, password }: Credentials): boolean {
  const token = query.get("auth_token") ?? /^basic +(.*)$/i.exec(request.headers.get("authorization") ?? "")?.[1]
  return token !== undefined && isSame(Buffer.from(token, "base64").toString(), `${username}:${password}`)
}

/** The answer to whoever is not authorized; browsers ask for a password then. Only below `/api` clients expect a body. */
export function unauthorizedResponse(path: string): Response {
  const response = path.startsWith("/api/") ? jsonResponse(unauthorized, 401) : new Response(null, { status: 401 })
  response.headers.set("www-authenticate", 'Basic realm="Secure Area"')
  return response
}

const unauthorized: UnauthorizedError = {
  _tag: "UnauthorizedError",
  message: "The password of this server is needed, by HTTP basic authentication",
}

// Hashes have one length: neither the length nor the first wrong character can be measured.
const isSame = (one: string, other: string) => timingSafeEqual(digest(one), digest(other))

const digest = (text: string) => createHash("sha256").update(text).digest()

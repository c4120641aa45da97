import { hostname } from "node:os"
import { forbidden } from "../base/error"
import { isAllowedOrigin } from "./cors"

export interface GuardOptions {
  /** The host name the server listens on. */
  hostname?: string
  /** Further origins that may read answers; their hosts may be used to reach the server. */
  cors: readonly string[]
  /** Whether a password is asked for. */
  protected: boolean
}

/** Names that only a local resolver can answer, so that no foreign page can have been loaded from them. */
const LOCAL_SUFFIXES = [".localhost", ".local", ".internal", ".home.arpa"]

/**
 * Refuses what a web page makes a browser send against its user's will: requests to a foreign name that was pointed at
 * this machine (DNS rebinding), writes or WebSockets from foreign origins, and whatever else browsers mark as asked for by
 * another site. Reading that is not marked (old browsers do not) is left to CORS: the page gets an answer that it cannot
 * see. Throws 403.
 */
export function guard(request: Request, options: GuardOptions): void {
  const host = hostOf(request.headers.get("host") ?? "")
  // With a password a rebound page has no credentials to send, and a reverse proxy may use any name.
  if (!options.protected && host !== "" && !isOwnHost(host, options))
    throw forbidden(
      `The host name ${host} is not one of this server. Use its address or localhost, set OPENCODE_SERVER_PASSWORD, ` +
        `or allow the name with --cors http://${host}`,
    )
  const origin = request.headers.get("origin")
  const allowed = origin !== null && isAllowedOrigin(origin, options.cors)
  if (isCrossSite(request) && !isNavigation(request) && !allowed)
    throw forbidden("Pages of other sites may not ask for anything here. Allow their origin with --cors ORIGIN")
  if (origin === null || allowed || !changesState(request)) return
  if (!isSameOrigin(origin, request.headers.get("host")))
    throw forbidden(`Pages of ${origin} may not change anything here. Allow the origin with --cors ${origin}`)
}

/**
 * Refuses to follow a link of another site to what opens a directory: its configuration can start programs, and the link
 * chooses the directory. Pages for people, as the documentation, open none. Throws 403.
 */
export function refuseLink(request: Request): void {
  if (isCrossSite(request) && isNavigation(request)) throw forbidden("Links of other sites may not lead here")
}

/** What browsers say about where a request comes from; pages cannot change it. */
const isCrossSite = ({ headers }: Request) => headers.get("sec-fetch-site") === "cross-site"
const isNavigation = ({ headers }: Request) => headers.get("sec-fetch-mode") === "navigate"

const changesState = (request: Request) =>
  !["GET", "HEAD", "OPTIONS"].includes(request.method) || request.headers.has("upgrade")

function isOwnHost(host: string, options: GuardOptions) {
  if (!host.includes(".") || isAddress(host) || LOCAL_SUFFIXES.some((suffix) => host.endsWith(suffix))) return true
  const own = [options.hostname, hostname(), ...options.cors.map((origin) => hostOf(origin.replace(/^.*:\/\//, "")))]
  return own.some((each) => each?.toLowerCase() === host)
}

const isAddress = (host: string) => host.startsWith("[") || /^\d{1,3}(\.\d{1,3}){3}$/.test(host)

/** The name in a `Host` header: without port, without the dot of the root, in lower case. */
const hostOf = (header: string) => (/^(\[.*\]|[^:]*)/.exec(header)?.[0] ?? "").replace(/\.$/, "").toLowerCase()

const isSameOrigin = (origin: string, host: string | null) =>
  host !== null && /^https?:\/\/(.*)$/.exec(origin)?.[1] === host

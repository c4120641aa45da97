import type { Server } from "bun"
import { Elysia } from "elysia"
import { notFound } from "../base/error"
import type { App } from "../instance/app"
import { allRoutes } from "./all-routes"
import { isAuthorized, unauthorizedResponse } from "./basic-auth"
import { preflightResponse, withCORS } from "./cors"
import { errorResponse, methodNotAllowed } from "./errors"
import { guard } from "./guard"
import { MAX_BODY } from "./request-body"
import type { Inbound, Route } from "./route"
import { findByPath, requestURL, tidyPath } from "./route-path"
import { docRoutes } from "./routes/doc"
import { type Socket, websocket } from "./websocket"

export interface ServerOptions {
  /** Asks for HTTP basic authentication when it is not empty. */
  password?: string
  /** Default: `opencode`. */
  username?: string
  /** Browser origins that may use the server, besides those of local clients. */
  cors?: string[]
  /** The host name the server listens on. */
  hostname?: string
}

/** Seconds after which a connection without traffic is closed; routes that wait switch it off for themselves. */
const IDLE_TIMEOUT = 30
/** Elysia looks for the path from this offset of the URL on: shorter host names would hide its beginning. */
const PATH_OFFSET = 11

/**
 * The HTTP server over an app, for `Bun.serve`. Guard, password and CORS are outside of the router: they hold for every
 * path, and their headers are on every answer.
 */
export function createServer(app: App, options: ServerOptions = {}, mounted: readonly Route[] = allRoutes) {
  const { password = "", username = "opencode", cors = [], hostname } = options
  const protection = { cors, protected: password !== "", ...(hostname !== undefined && { hostname }) }
  const routes = [...mounted, ...docRoutes(mounted, app.version)]
  const route = createRouter(app, routes)

  const answer = async (inbound: Inbound): Promise<Response> => {
    const { request, url } = inbound
    guard(request, protection)
    const authorized = password === "" || isAuthorized(request, url.searchParams, { username, password })
    if (!authorized && !needsNoPassword(inbound, routes)) return unauthorizedResponse(tidyPath(url.pathname))
    const response = await route(inbound)
    if (request.method !== "HEAD") return response
    await response.body?.cancel()
    return new Response(null, response)
  }

  return {
    /** Everything that is mounted. */
    routes,
    idleTimeout: IDLE_TIMEOUT,
    // One more, so that a body that is too large is refused with an answer that says so.
    maxRequestBodySize: MAX_BODY + 1,
    websocket,
    /** Answers a request; undefined once it has become a WebSocket. */
    async fetch(request: Request, server?: Server<Socket>): Promise<Response | undefined> {
      if (request.method === "OPTIONS") return preflightResponse(request, cors)
      try {
        const inbound: Inbound = { request, url: requestURL(request), ...(server && { server }) }
        const response = await answer(inbound)
        return inbound.upgraded ? undefined : withCORS(request, response, cors)
      } catch (error) {
        return withCORS(request, errorResponse(app, error, request), cors)
      }
    },
  }
}

/**
 * Open routes check what is in their path. Browsers cannot send credentials with a WebSocket; a ticket in the query is for
 * the route that gave it out to check.
 */
const needsNoPassword = ({ request, url }: Inbound, routes: readonly Route[]) =>
  findByPath(routes, tidyPath(url.pathname)).some(
    ({ route: { method, definition } }) =>
      method === methodOf(request) && (definition.open || (definition.ticket && url.searchParams.has("ticket"))),
  )

/** Elysia as the router: answers the function that finds a request's route and runs it. */
function createRouter(app: App, routes: readonly Route[]) {
  // What the router is given may be another spelling of the request that came in.
  const inbounds = new WeakMap<Request, Inbound>()
  const inboundOf = (request: Request) => inbounds.get(request) ?? { request, url: requestURL(request) }
  const router = new Elysia({ strictPath: true })
  for (const route of routes) {
    const { id, tags, summary } = route.definition
    router.route(route.method, route.path, ({ request, params }) => route.handle(app, inboundOf(request), params), {
      parse: "none",
      detail: { operationId: id, tags, summary },
    })
  }
  router.all("/*", ({ request }) => unknown(inboundOf(request)), { parse: "none" })
  const find = router.fetch

  const dispatch = async (inbound: Inbound, path: string): Promise<Response> => {
    const { request, url } = inbound
    const method = methodOf(request)
    const found = request.url.startsWith(`${url.origin}${path}`) && url.origin.length >= PATH_OFFSET
    const known = found && url.pathname === path && method === request.method
    const routed = known ? request : new Request(`http://localhost${path}`, { method })
    inbounds.set(routed, inbound)
    return find(routed)
  }

  /** The router knows no such path and method: it may be spelled in another case, or there is none. */
  const unknown = async (inbound: Inbound): Promise<Response> => {
    const { request, url } = inbound
    const path = tidyPath(url.pathname)
    const others = findByPath(routes, path)
    const meant = others.find((each) => each.route.method === methodOf(request) && each.path !== path)
    if (meant) return dispatch(inbound, meant.path)
    if (others.length === 0)
      return errorResponse(app, notFound(`There is no ${path} here; /doc lists what there is`), request)
    return methodNotAllowed(path, request.method, [...new Set(others.map((each) => each.route.method))])
  }

  return (inbound: Inbound) => dispatch(inbound, tidyPath(inbound.url.pathname))
}

/** HEAD is answered like GET, without the body. */
const methodOf = ({ method }: Request) => (method === "HEAD" ? "GET" : method)

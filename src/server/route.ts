import { type TObject, type TProperties, type TSchema, type TVoid, Type } from "@sinclair/typebox"
import type { Server } from "bun"
import { type BadRequestKind, badRequest, WireError } from "../base/error"
import { firstProblem, type Problem, problemText } from "../base/schema-problem"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import { errorResponse } from "./errors"
import { flushHub } from "./event-hub"
import { refuseLink } from "./guard"
import { namedDirectory, scopedInstance, sessionDirectory } from "./instance-scope"
import { decodeBody, readJSON } from "./request-body"
import { decodeQuery, querySchema } from "./request-query"
import { compressedResponse, jsonResponse, toJSON } from "./respond"
import type { Answer, Context, Definition, Output, Scope } from "./route-definition"
import { waitingResponse } from "./waiting-response"
import type { Socket } from "./websocket"

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

/** A route: what it is documented as, and how it answers. `handle` never throws. */
export interface Route {
  readonly method: Method
  readonly path: string
  readonly definition: Definition<TProperties, TProperties, TSchema, Record<number, Answer>, Scope>
  handle(app: App, inbound: Inbound, params: Record<string, string>): Promise<Response>
}

/** A request with the server it came through, if there is one. */
export interface Inbound {
  request: Request
  /** Of the request. */
  url: URL
  server?: Server<Socket>
  /** Set once the request has become a WebSocket: nobody answers it any more. */
  upgraded?: boolean
}

/**
 * A route of the API. The router only finds it; params, query and body are checked here against the schemas that also
 * make the OpenAPI document, by an interpreter. The framework's own hooks compile a validator per route on first use,
 * which costs seconds of CPU over the whole API, and cannot give the texts that clients know.
 */
export function route<
  R extends Record<number, Answer>,
  P extends TProperties = Record<never, never>,
  Q extends TProperties = Record<never, never>,
  B extends TSchema = TVoid,
  S extends Scope = "instance",
>(
  method: Method,
  path: string,
  definition: Definition<P, Q, B, R, S>,
  handler: (context: Context<P, Q, B, S>) => Output<R> | Promise<Output<R>>,
): Route {
  const params = definition.params && Type.Object<TProperties>(definition.params)
  const query = definition.query && querySchema(definition.query)

  const answer = async (app: App, inbound: Inbound, pathParams: Record<string, string>) => {
    const { request } = inbound
    const search = inbound.url.searchParams
    check(params, pathParams, "Params")
    const given = decodeQuery(definition.query ?? {}, search)
    check(query, given, "Query")
    const body =
      definition.body && decodeBody(definition.unchecked ? Type.Unknown() : definition.body, await readJSON(request))
    if (body && "problem" in body) throw badRequest(problemText(body.problem), "Payload")

    const directory = async () =>
      definition.scope === "session"
        ? sessionDirectory(app, pathParams.sessionID ?? "")
        : namedDirectory(app, search, request.headers)
    if (definition.scope !== "global") refuseLink(request)
    const upgrade = (socket: Socket) => upgradeRequest(inbound, socket)
    const attempt = async (again: boolean): Promise<Output<R>> => {
      const instance = definition.scope === "global" ? undefined : await scopedInstance(app, await directory())
      const context = { app, instance, params: pathParams, query: given, body: body?.value, request, upgrade }
      try {
        // Every field was checked just above against the schema that its type comes from.
        const value = await handler(context as unknown as Context<P, Q, B, S>)
        if (definition.waits) await tellFirst(app, instance)
        return value
      } catch (error) {
        // Somebody disposed the instance meanwhile: what only reads may begin anew.
        if (!again || !instance?.signal.aborted) throw error
        return attempt(false)
      }
    }
    // A poll takes something away, and its client wants to hear of the end.
    const value = await attempt(method === "GET" && !definition.waits)
    return definition.responses[200]?.done && typeof value !== "boolean" ? true : value
  }

  return {
    method,
    path,
    definition,
    async handle(app, inbound, pathParams) {
      const { request, server } = inbound
      try {
        // How long an answer takes is up to the route, not to the socket's idle timeout.
        server?.timeout(request, 0)
        const pending = answer(app, inbound, pathParams)
        if (definition.waits) return await waitingResponse(app, request, pending)
        return await toResponse(definition, await pending, request)
      } catch (error) {
        return errorResponse(app, asRefusal(error, definition.refusal), request)
      }
    },
  }
}

/** Milliseconds in which the streams have written, so that the answer on another connection does not overtake them. */
const HEAD_START = 4

/**
 * Sends the events of a run that has ended before its answer: `opencode run` stops listening once it has both the idle
 * status and the answer, and gives up soon when the status does not come.
 */
async function tellFirst(app: App, instance: Instance | undefined): Promise<void> {
  if (instance) flushHub(instance.bus)
  flushHub(app.bus)
  await Bun.sleep(HEAD_START)
}

function upgradeRequest(inbound: Inbound, socket: Socket): Response {
  if (!inbound.server?.upgrade(inbound.request, { data: socket })) throw badRequest("A WebSocket is expected here")
  inbound.upgraded = true
  return new Response(null)
}

function check(schema: TObject | undefined, value: object, kind: BadRequestKind) {
  const problem: Problem | undefined = schema && firstProblem(schema, value, "undefined")
  if (problem) throw badRequest(problemText(problem), kind)
}

function toResponse(definition: { responses: Record<number, Answer> }, value: unknown, request: Request) {
  if (value instanceof Response) return value
  const status = [200, 201, 202, 204].find((each) => definition.responses[each]) ?? 200
  const answer = definition.responses[status]
  if (!answer?.schema) return new Response(null, { status })
  if (status !== 200) return jsonResponse(value, status)
  if (answer.contentType && typeof value === "string") return compressedResponse(value, answer.contentType, request)
  return compressedResponse(toJSON(value), "application/json", request)
}

function asRefusal(error: unknown, refusal: "name" | "tag" | "invalid" = "name") {
  if (refusal === "name" || !(error instanceof WireError) || error.status !== 400) return error
  if (!("data" in error.body) || !("name" in error.body) || error.body.name !== "BadRequest") return error
  const tag =
    refusal === "tag"
      ? { _tag: "BadRequest", ...error.body }
      : { ...error.body, ...Object(error.body.data), _tag: "InvalidRequestError", message: error.message }
  return new WireError(400, tag, error.message)
}

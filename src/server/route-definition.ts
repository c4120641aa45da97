import type { Static, TObject, TProperties, TSchema } from "@sinclair/typebox"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import type { Socket } from "./websocket"

/**
 * Which instance a route works in: that of the directory the request names, that of the session in its path (unknown
 * sessions are a 404), or none.
 */
export type Scope = "instance" | "session" | "global"

/** One documented answer. Without a schema it has no content. */
export interface Answer {
  description: string
  schema?: TSchema
  /** Default: `application/json`. */
  contentType?: string
  /** The answer is `true` whatever the handler gives back (see `done`). */
  done?: true
}

export interface Definition<
  P extends TProperties,
  Q extends TProperties,
  B extends TSchema,
  R extends Record<number, Answer>,
  S extends Scope,
> {
  /** Operation id, as generated clients know it. */
  id: string
  tags: string[]
  summary: string
  description?: string
  /** Default: `instance`. */
  scope?: S
  /** Path parameters, one for each `:name` of the path. */
  params?: P
  query?: Q
  body?: B
  /** The schema of the body is only documented; the room gets what was sent and checks it (a patch where null has a meaning). */
  unchecked?: boolean
  /** The answer of success and the errors of its own; those that every route can give are added. */
  responses: R
  /**
   * How a bad request is told: by name (default), by name and tag for clients that know only `{ _tag: "BadRequest" }`,
   * or as `InvalidRequestError`, which is the way of `/api`.
   */
  refusal?: "name" | "tag" | "invalid"
  /** Another route does the same and is the one to use. */
  deprecated?: boolean
  /** A query `ticket` may stand for the password: the route itself refuses what is not a valid one. */
  ticket?: boolean
  /** Needs no password: something in its path that nobody can guess is the right to see what it answers. */
  open?: boolean
  /** Not part of the OpenAPI document. */
  hidden?: boolean
  /** The answer may take minutes: it is not compressed, and something is sent to keep the connection alive. */
  waits?: boolean
}

type Parameters<P extends TProperties> = { [K in keyof Static<TObject<P>>]: Static<TObject<P>>[K] }

/** What a handler is given. */
export type Context<P extends TProperties, Q extends TProperties, B extends TSchema, S extends Scope> = {
  app: App
  params: Parameters<P>
  query: Parameters<Q>
  body: Static<B>
  request: Request
  /** Makes the request a WebSocket, which the given functions serve from then on. 400 if the client asked for none. */
  upgrade(socket: Socket): Response
} & (S extends "global" ? unknown : { instance: Instance })

type Success<R> = {
  [K in keyof R & (200 | 201 | 202 | 204)]: R[K] extends { done: true }
    ? unknown
    : R[K] extends { schema: infer T extends TSchema }
      ? Static<T>
      : unknown
}
/** What a handler may give back. */
export type Output<R> = Success<R>[keyof Success<R>] | Response

/**
 * An error that a client is meant to see. `body` goes on the wire as it is, with `status`; `server/errors.ts` is the
 * only place that turns it into a response.
 */
export class WireError extends Error {
  override readonly name = "WireError"
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 500 | 502 | 503,
    readonly body: object,
    message: string,
  ) {
    super(message)
  }
}

export type BadRequestKind = "Params" | "Headers" | "Query" | "Body" | "Payload"

/**
 * 400: the request is at fault. `message` says what is wrong and where. The wire has two forms of this error, by route;
 * the body is both at once, so that every client finds the one it knows.
 */
export const badRequest = (message: string, kind?: BadRequestKind) =>
  new WireError(400, { _tag: "BadRequest", name: "BadRequest", data: { message, ...(kind && { kind }) } }, message)

/** 404 in the `{ name, data }` form that sessions, messages, files and routes share. */
export const notFound = (message: string) => new WireError(404, { name: "NotFoundError", data: { message } }, message)

/** 403: whatever it is, it may not be done. */
export const forbidden = (message: string) => new WireError(403, { name: "Forbidden", data: { message } }, message)

/** An error in the wire's second form, `{ _tag, message, ... }`: busy sessions and unknown requests, servers, terminals. */
export const tagged = (status: WireError["status"], tag: string, message: string, fields: object = {}) =>
  new WireError(status, { _tag: tag, ...fields, message }, message)

/** 413: what was sent, or asked for, is larger than this server handles at once. */
export const tooLarge = (message: string) => new WireError(413, { name: "PayloadTooLarge", data: { message } }, message)

/** 409: the session runs and what was asked cannot be done meanwhile. */
export const sessionBusy = (sessionID: string) =>
  tagged(409, "SessionBusyError", `Session is busy: ${sessionID}`, { sessionID })

/** The text of whatever was thrown. */
export const errorMessage = (error: unknown) => (error instanceof Error ? error.message : String(error))

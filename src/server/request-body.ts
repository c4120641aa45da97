import type { TSchema } from "@sinclair/typebox"
import { badRequest, errorMessage, tooLarge } from "../base/error"
import { isTooDeep, MAX_DEPTH } from "../base/json-depth"
import { cleanValue, firstProblem, type Problem } from "../base/schema-problem"

/** Bytes of the largest body that is read: prompts carry files as data URLs. */
export const MAX_BODY = 64 * 1024 * 1024

/**
 * The JSON of a request, whatever content type it claims. Throws 400 for bytes that are no text or no JSON and 413 for
 * too many. An empty body is `undefined`.
 */
export async function readJSON(request: Request, limit = MAX_BODY): Promise<unknown> {
  const bytes = await readBytes(request, limit)
  if (bytes.byteLength === 0) return undefined
  let text: string
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    throw badRequest("The body is not valid UTF-8", "Body")
  }
  const value = parsed(text)
  if (isTooDeep(value)) throw badRequest(`The body is nested deeper than ${MAX_DEPTH} levels`, "Body")
  return value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badRequest(`The body is not valid JSON: ${errorMessage(error)}`, "Body")
  }
}

/** A body as its schema wants it, or what is wrong with it. No body at all is fine where every field is optional. */
export function decodeBody(schema: TSchema, body: unknown): { value: unknown } | { problem: Problem } {
  const value = body === undefined && firstProblem(schema, {}) === undefined ? {} : body
  const problem = firstProblem(schema, value)
  return problem ? { problem } : { value: cleanValue(schema, value) }
}

async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const length = request.headers.get("content-length")
  if (Number(length ?? 0) > limit) throw bodyTooLarge(limit)
  // To read a stream costs a multiple of what most bodies do.
  if (length !== null) return request.bytes()
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > limit) throw bodyTooLarge(limit)
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

const bodyTooLarge = (limit: number) => tooLarge(`The body is larger than ${limit / 1024 / 1024} MiB`)

import { promisify } from "node:util"
import { gzip } from "node:zlib"

const GZIP_FROM = 1024
/** From this size on compressing takes long enough to leave it to another thread. */
const THREAD_FROM = 64 * 1024
const gzipInThread = promisify(gzip)

/** A JSON answer. The content type has no charset: that is what clients of this API are used to. */
export const jsonResponse = (value: unknown, status = 200) => textResponse(toJSON(value), "application/json", status)

/** `undefined` has no JSON; on the wire it is `null`. */
export const toJSON = (value: unknown) => JSON.stringify(value) ?? "null"

export const textResponse = (text: string | Uint8Array<ArrayBuffer>, contentType: string, status = 200) =>
  new Response(text, { status, headers: { "content-type": contentType } })

/** A text answer, compressed if it is worth it and the client can read it. */
export async function compressedResponse(text: string, contentType: string, request: Request): Promise<Response> {
  if (text.length < GZIP_FROM || !acceptsGzip(request.headers.get("accept-encoding")))
    return textResponse(text, contentType)
  const bytes = text.length < THREAD_FROM ? Bun.gzipSync(text, { level: 6 }) : new Uint8Array(await gzipInThread(text))
  const response = textResponse(bytes, contentType)
  response.headers.set("content-encoding", "gzip")
  response.headers.set("vary", "Accept-Encoding")
  return response
}

/** Whether an `Accept-Encoding` header allows gzip: named without `q=0`, or covered by `*`. */
export function acceptsGzip(header: string | null): boolean {
  const codings = (header ?? "").split(",").map((each) => each.split(";").map((word) => word.trim().toLowerCase()))
  const coding = codings.find(([name]) => name === "gzip") ?? codings.find(([name]) => name === "*")
  return coding !== undefined && !coding.slice(1).some((each) => /^q=0(\.0*)?$/.test(each))
}

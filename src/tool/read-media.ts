import { stat } from "node:fs/promises"
import { basename } from "node:path"
import { mediaType } from "../file/content-type"
import type { Target } from "./target"
import type { ToolResult } from "./tool"

/** What vendors take at most, as base64: images 5 MiB, documents 32 MiB less the rest of the request. */
const MAX_IMAGE_BYTES = Math.floor((5 * 1024 * 1024 * 3) / 4)
const MAX_PDF_BYTES = 20 * 1024 * 1024

/**
 * Hands an image or PDF to the model as an attachment. `mime` may only be what the name promises: an image that is none, or
 * too large for the vendors, is left out and the model told so.
 */
export async function readMedia({ path, real, title }: Target, mime: string): Promise<ToolResult> {
  const isPDF = mime === "application/pdf"
  const text = `${isPDF ? "PDF" : "Image"} read successfully`
  const metadata = { preview: text, truncated: false }
  const fits = (await stat(real)).size <= (isPDF ? MAX_PDF_BYTES : MAX_IMAGE_BYTES)
  if (isPDF && !fits) throw new Error(`Cannot read the PDF because it is larger than ${MAX_PDF_BYTES} bytes: ${path}`)
  const bytes = fits ? await Bun.file(real).bytes() : new Uint8Array()
  const actual = mediaType(bytes)
  if (!actual)
    return { title, output: `${text}\n\n[1 image left out: too large for the model, even scaled down.]`, metadata }
  const url = `data:${actual};base64,${Buffer.from(bytes).toString("base64")}`
  return { title, output: text, metadata, attachments: [{ mime: actual, url, filename: basename(path) }] }
}

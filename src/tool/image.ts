import { badRequest, errorMessage } from "../base/error"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"

const MAX_SIDE = 2000
const MAX_BASE64_BYTES = 5 * 1024 * 1024
/** What vendors take as images and Bun decodes on every platform; others (SVG, HEIC) pass as they are. */
const DECODED = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"])
const QUALITIES = [85, 60, 35]

/**
 * Checks the image behind a `data:` URL and answers the URL to store: the same one, or a scaled-down JPEG when it is larger
 * than vendors take (config `attachment.image`). Throws 400 when the bytes are no image.
 */
export async function readImage(instance: Instance, mime: string, url: string): Promise<string> {
  if (!DECODED.has(mime)) return url
  const base64 = url.slice(url.indexOf(",") + 1)
  const bytes = Buffer.from(base64, "base64")
  const limits = (await getConfig(instance)).attachment?.image ?? {}
  const maxWidth = limits.max_width ?? MAX_SIDE
  const maxHeight = limits.max_height ?? MAX_SIDE
  const maxBytes = limits.max_base64_bytes ?? MAX_BASE64_BYTES
  try {
    const { width, height } = await new Bun.Image(bytes).metadata()
    const scale = Math.min(1, maxWidth / width, maxHeight / height)
    if ((scale === 1 && base64.length <= maxBytes) || limits.auto_resize === false) return url
    for (const quality of QUALITIES) {
      const image = new Bun.Image(bytes).resize(Math.max(1, Math.floor(width * scale)))
      const scaled = await image.jpeg({ quality }).toBase64()
      if (scaled.length <= maxBytes) return `data:image/jpeg;base64,${scaled}`
    }
  } catch (error) {
    throw badRequest(`The ${mime} part is not an image that can be decoded: ${errorMessage(error)}`, "Payload")
  }
  throw badRequest(`The ${mime} part is too large: more than ${maxBytes} bytes even when scaled down`, "Payload")
}

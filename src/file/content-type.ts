import { extname } from "node:path"

/** So many bytes from the beginning are enough to tell text from other data. */
export const SAMPLE_SIZE = 8192

const SIGNATURES: [mime: string, offset: number, bytes: number[]][] = [
  ["image/png", 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ["image/jpeg", 0, [0xff, 0xd8, 0xff]],
  ["image/gif", 0, [0x47, 0x49, 0x46, 0x38]],
  ["image/webp", 8, [0x57, 0x45, 0x42, 0x50]],
  ["application/pdf", 0, [0x25, 0x50, 0x44, 0x46, 0x2d]],
]

const IMAGE_EXTENSIONS: Record<string, string> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
}

/** The kind of an image or PDF that models can look at, by its first bytes; undefined for everything else. */
export const mediaType = (bytes: Uint8Array): string | undefined =>
  SIGNATURES.find(([, offset, signature]) => signature.every((byte, index) => bytes[offset + index] === byte))?.[0]

/** The kind of image that the name promises. */
export const namedImageType = (path: string): string | undefined => IMAGE_EXTENSIONS[extname(path).toLowerCase()]

/**
 * Whether a sample from the beginning of a file is something else than text: it holds a NUL, many other control
 * characters, or is far from UTF-8. Names do not count. Text in an old 8-bit encoding passes.
 */
export function isBinary(sample: Uint8Array): boolean {
  if (sample.length === 0) return false
  let control = 0
  for (const byte of sample) {
    if (byte === 0) return true
    // Tab to carriage return and escape (coloured logs) are common in text.
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) control++
  }
  return control / sample.length > 0.1
}

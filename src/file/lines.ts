const LINE_FEED = 10

/** Lines of a file: from the one with the number `offset`, from 1, at most `limit` or all that follow. */
export interface LineRange {
  offset?: number
  limit?: number
}

/**
 * The bytes of some lines, line feeds included. Reads no further than it must and keeps no more than it answers; undefined
 * when that would be more than `max` bytes.
 */
export async function readLineRange(
  file: string,
  { offset = 1, limit = Number.POSITIVE_INFINITY }: LineRange,
  max: number,
): Promise<Uint8Array | undefined> {
  const kept: Uint8Array[] = []
  const end = offset + limit
  let size = 0
  let line = 1
  for await (const chunk of Bun.file(file).stream()) {
    /** The place after so many line feeds, or the end. */
    const skipTo = (wanted: number, from: number) => {
      let at = from
      while (line < wanted && at < chunk.length) {
        const feed = chunk.indexOf(LINE_FEED, at)
        if (feed === -1) return chunk.length
        at = feed + 1
        line++
      }
      return at
    }
    const start = skipTo(offset, 0)
    if (line < offset) continue
    const piece = chunk.subarray(start, skipTo(end, start))
    size += piece.length
    if (size > max) return undefined
    kept.push(piece)
    if (line >= end) break
  }
  return Buffer.concat(kept)
}

/** Units of text that are kept for those who come later. */
const LIMIT = 2 * 1024 * 1024
/** Units up to which output is joined into one piece. */
const PIECE = 16 * 1024

/**
 * The last part of all that a terminal has printed. Positions count UTF-16 units (as `length` does in a client) from its
 * first output on.
 */
export interface Replay {
  /** The position after the last unit. */
  readonly end: number
  append(text: string): void
  /**
   * At most `limit` units from `position` on, but from the oldest one kept where that is gone; `start` says where the text
   * begins. Empty at the end. It does not part two units that make one character.
   */
  read(position: number, limit: number): { start: number; text: string }
}

export function createReplay(): Replay {
  const pieces: string[] = []
  let begin = 0
  let end = 0
  return {
    get end() {
      return end
    },
    append(text) {
      if (text === "") return
      const last = pieces.length - 1
      if (last >= 0 && pieces[last]!.length + text.length <= PIECE) pieces[last] += text
      else for (let at = 0; at < text.length; at += PIECE) pieces.push(text.slice(at, at + PIECE))
      end += text.length
      // Whole pieces only: cutting into one at each output would copy it each time.
      while (end - begin - pieces[0]!.length >= LIMIT) begin += pieces.shift()!.length
    },
    read(position, limit) {
      const start = Math.min(Math.max(position, begin), end)
      let at = begin
      let text = ""
      for (const piece of pieces) {
        if (at + piece.length > start && text.length < limit)
          text += piece.slice(Math.max(start - at, 0), Math.max(start - at, 0) + limit - text.length)
        at += piece.length
        if (text.length >= limit) break
      }
      const whole = text.length > 1 && isHigh(text.charCodeAt(text.length - 1)) ? text.slice(0, -1) : text
      return { start, text: whole }
    },
  }
}

const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff

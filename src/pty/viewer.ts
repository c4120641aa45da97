import type { Replay } from "./replay"

/** Units of text in one frame. */
const FRAME = 64 * 1024

/** The connection of one client to a terminal. */
export interface Screen {
  /** Sends a text or binary frame. False when no more should be sent until `Viewer.resume` is called. */
  send(frame: string | Uint8Array<ArrayBuffer>): boolean
  close(): void
}

export interface Viewer {
  /** Shows what is new. */
  show(): void
  /** The screen has room again. */
  resume(): void
  /** The terminal has ended: once the last output is sent the screen is closed. */
  end(): void
}

/**
 * Shows a terminal on a screen: what was printed from `position` on, then a control frame (a zero byte and the position
 * in JSON) which says that what follows is live. A screen that is slow is not waited for. What it misses is sent from the
 * replay when it has room; should even that have gone, it goes on with the oldest that is kept, and another control frame
 * sets its position right.
 */
export function createViewer(replay: Replay, screen: Screen, position: number): Viewer {
  let at = Math.min(position, replay.end)
  /** Whether a control frame is owed once the screen has all. */
  let unannounced = true
  let room = true
  let ended = false
  let closed = false

  const pump = () => {
    while (room && at < replay.end) {
      const { start, text } = replay.read(at, FRAME)
      unannounced ||= start > at
      at = start + text.length
      room = screen.send(text)
    }
    if (!room || closed) return
    if (unannounced) {
      unannounced = false
      room = screen.send(controlFrame(at))
    }
    if (!ended) return
    closed = true
    screen.close()
  }
  return {
    show: pump,
    resume() {
      room = true
      pump()
    },
    end() {
      ended = true
      pump()
    },
  }
}

function controlFrame(cursor: number): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify({ cursor }))
  const frame = new Uint8Array(json.length + 1)
  frame.set(json, 1)
  return frame
}

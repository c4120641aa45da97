import type { Instance } from "../instance/instance"
import { connectPty, hasPty, type PtyConnection } from "../pty/pty"
import type { Socket } from "./websocket"

/** Bytes that may wait for a client, before what it cannot take is left to the replay. */
const MAX_BEHIND = 4 * 1024 * 1024

/**
 * The WebSocket of a terminal: text frames are output and, in the other direction, key strokes; a binary frame tells the
 * position after what was replayed from `cursor` on.
 */
export function ptySocket(instance: Instance, ptyID: string, cursor: number): Socket {
  let connection: PtyConnection | undefined
  return {
    open(socket) {
      // It may have ended while the connection was made.
      if (!hasPty(instance, ptyID)) return socket.close(1000)
      connection = connectPty(instance, ptyID, cursor, {
        send: (frame) => socket.send(frame) !== 0 && socket.getBufferedAmount() < MAX_BEHIND,
        close: () => socket.close(1000),
      })
    },
    message(socket, data) {
      if (connection?.write(data) === false) socket.close(1013, "The program in the terminal does not read its input")
    },
    drain(socket) {
      if (socket.getBufferedAmount() < MAX_BEHIND) connection?.resume()
    },
    close: () => connection?.close(),
  }
}

import type { ServerWebSocket, WebSocketHandler } from "bun"

/** What a route does with a WebSocket it has opened. Elysia's own would parse text that looks like JSON. */
export interface Socket {
  open(socket: ServerWebSocket<Socket>): void
  message(socket: ServerWebSocket<Socket>, data: string | Buffer): void
  /** What was sent and had to wait has gone out. */
  drain?(socket: ServerWebSocket<Socket>): void
  close(socket: ServerWebSocket<Socket>, code: number): void
}

/** Bytes of the largest message that is taken. */
const MAX_MESSAGE = 1024 * 1024

/** Hands everything that happens on a socket to the route that opened it. */
export const websocket: WebSocketHandler<Socket> = {
  maxPayloadLength: MAX_MESSAGE,
  open: (socket) => socket.data.open(socket),
  message: (socket, data) => socket.data.message(socket, data),
  drain: (socket) => socket.data.drain?.(socket),
  close: (socket, code) => socket.data.close(socket, code),
}

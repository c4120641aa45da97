import type { ServerWebSocket, WebSocketHandler } from "bun"

/** What a route does with a WebSocket it has opened. Elysia's own would parse text that looks like JSON. */
export interface Socket {
  open(socket: ServerWebSocket<Socket>): void
  message(socket: ServerWebSocket<Socket>, data: string | Buffer): void
  close(socket: ServerWebSocket<Socket>, code: number): void
}

/** Hands everything that happens on a socket to the route that opened it. */
export const websocket: WebSocketHandler<Socket> = {
  open: (socket) => socket.data.open(socket),
  message: (socket, data) => socket.data.message(socket, data),
  close: (socket, code) => socket.data.close(socket, code),
}

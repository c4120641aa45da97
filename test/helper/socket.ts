export type SocketFrame = { text: string } | { binary: string } | { close: number }

export interface TestSocket {
  /** What has come so far, pieces of text that follow each other joined. */
  frames(): SocketFrame[]
  /** All text so far. */
  text(): string
  /** Waits until what has come fits. Rejects after five seconds. */
  until(fits: (socket: { frames: SocketFrame[]; text: string }) => boolean): Promise<void>
  /** The code with which it was closed; 1006 for one that was refused. */
  closed: Promise<number>
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(): void
}

/** Opens a WebSocket to a path of a server and notes what comes. */
export function openSocket(url: string, headers: Record<string, string> = {}): TestSocket {
  const socket = new WebSocket(url.replace(/^http/, "ws"), { headers } as never)
  socket.binaryType = "arraybuffer"
  const { promise: closed, resolve } = Promise.withResolvers<number>()
  const opened = new Promise<void>((done) => socket.addEventListener("open", () => done()))
  const frames: SocketFrame[] = []
  const waiting = new Set<() => void>()
  const note = (frame: SocketFrame) => {
    const last = frames.at(-1)
    if ("text" in frame && last && "text" in last) last.text += frame.text
    else frames.push(frame)
    for (const each of waiting) each()
  }
  const text = () => frames.map((frame) => ("text" in frame ? frame.text : "")).join("")
  socket.onmessage = ({ data }) =>
    note(typeof data === "string" ? { text: data } : { binary: new TextDecoder().decode(data) })
  socket.onclose = ({ code }) => {
    note({ close: code })
    resolve(code)
  }
  return {
    frames: () => [...frames],
    text,
    until(fits) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const check = () => fits({ frames, text: text() }) && resolve()
      const timer = setTimeout(
        () => reject(new Error(`It did not come; heard: ${JSON.stringify(frames).slice(0, 2000)}`)),
        5000,
      )
      waiting.add(check)
      check()
      return promise.finally(() => {
        clearTimeout(timer)
        waiting.delete(check)
      })
    },
    closed,
    send: (data) => void opened.then(() => socket.send(data)),
    close: () => socket.close(),
  }
}

import type { Disposable, MessageConnection, RAL } from "vscode-jsonrpc/node"
import { errorMessage } from "../base/error"
import { programEnvironment } from "../config/programs"
import type { Instance } from "../instance/instance"
import type { Child, ChildOutput } from "../process/supervisor"

/** Milliseconds for a server to end in good order. */
const FAREWELL = 500
/** Characters of what the server says on standard error that are kept, to tell why it ended. */
const MAX_STDERR = 2000
/** Bytes that may come before the first message, and until the next one has begun. */
const MAX_GREETING = 1024 * 1024
const MAX_MESSAGE = 64 * 1024 * 1024

export interface Connection {
  rpc: MessageConnection
  pid: number
  /** Aborted when the process is gone. */
  gone: AbortSignal
  /** Settles then: with its exit code, and why it ended: mostly the end of what it said on standard error. */
  ended: Promise<{ code: number | null; said: string }>
  /** Asks the server to end, and ends it if it does not. */
  stop(): Promise<void>
}

/** Starts a language server and speaks JSON-RPC with it. Nothing is said yet; `rpc.listen()` is for the caller. */
export async function connect(
  instance: Instance,
  { command, root, env }: { command: string[]; root: string; env: Record<string, string> | undefined },
): Promise<Connection> {
  const jsonrpc = await import("vscode-jsonrpc/node")
  const child = instance.app.processes.spawn({
    command,
    cwd: root,
    env: programEnvironment(instance, root, env),
    stdin: "pipe",
  })
  const said = tail(child.stderr)
  let wrong = ""
  const rpc = jsonrpc.createMessageConnection(
    new jsonrpc.ReadableStreamMessageReader(readable(child, (reason) => (wrong = reason))),
    new jsonrpc.WriteableStreamMessageWriter(writable(child)),
    {
      error: (text) => instance.app.log.warn("A language server broke the protocol", { command, text }),
      warn: () => {},
      info: () => {},
      log: () => {},
    },
  )
  // Without a listener errors would be thrown where nobody can catch them; how the process ends tells enough.
  rpc.onError(() => {})
  const gone = new AbortController()
  const ended = child.exited.then(({ code }) => {
    gone.abort(new Error("The language server has ended"))
    // Those who wait for an answer are to hear first why there will be none.
    setTimeout(() => rpc.dispose())
    return { code, said: wrong || said() }
  })
  let stopping: Promise<void> | undefined
  const farewell = async () => {
    await rpc.sendRequest("shutdown")
    await rpc.sendNotification("exit")
    await child.exited
  }
  const stop = async () => {
    // A server that does not understand is ended all the same.
    await Promise.race([farewell().catch(() => {}), Bun.sleep(FAREWELL)])
    await child.kill()
  }
  return {
    rpc,
    pid: child.pid,
    gone: gone.signal,
    ended,
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}

/** The last of what a stream says, as it stands when asked. */
function tail(stream: ChildOutput): () => string {
  let text = ""
  const decoder = new TextDecoder()
  const read = async () => {
    for await (const chunk of stream) text = (text + decoder.decode(chunk, { stream: true })).slice(-MAX_STDERR)
  }
  read().catch((error) => {
    text += errorMessage(error)
  })
  return () => text.trim()
}

function readable(child: Child, onFailure: (reason: string) => void): RAL.ReadableStream {
  const closed = listeners<void>()
  const failed = listeners<unknown>()
  return {
    onData(listener) {
      const read = async () => {
        let allowed = MAX_GREETING
        for await (const chunk of child.stdout) {
          // The reader would keep all that comes before a header.
          allowed = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).includes("Content-Length:")
            ? MAX_MESSAGE
            : allowed - chunk.length
          if (allowed < 0) throw new Error("The language server prints something else than messages")
          listener(chunk)
        }
      }
      // Nothing more can come: whatever is left of the server is of no use.
      read()
        .then(closed.tell, (error) => {
          onFailure(errorMessage(error))
          failed.tell(error)
        })
        .finally(() => child.kill())
      return { dispose() {} }
    },
    onClose: closed.add,
    onError: failed.add,
    onEnd: closed.add,
  }
}

function writable({ stdin }: Child): RAL.WritableStream {
  const nothing: Disposable = { dispose() {} }
  return {
    async write(data: Uint8Array | string) {
      stdin?.write(data)
      stdin?.flush()
    },
    end: () => stdin?.end(),
    onClose: () => nothing,
    onError: () => nothing,
    onEnd: () => nothing,
  }
}

function listeners<T>() {
  const all = new Set<(value: T) => void>()
  return {
    tell: (value: T) => {
      for (const listener of all) listener(value)
    },
    add: (listener: (value: T) => void): Disposable => {
      all.add(listener)
      return { dispose: () => void all.delete(listener) }
    },
  }
}

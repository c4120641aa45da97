import type { Static, TSchema } from "@sinclair/typebox"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { errorMessage } from "../base/error"
import { CommandError } from "./command-error"

/** A server that commands talk to, in this process or another. */
export interface Connection {
  /** Sends a request and answers its JSON. Throws `CommandError` with what the server says when it refuses. */
  call<T extends TSchema>(answer: T, method: string, path: string, body?: unknown): Promise<Static<T>>
  /** Opens a stream; the caller ends it by the signal. */
  open(path: string, signal: AbortSignal): Promise<Response>
  /** Whether the server goes on when commands have ended. */
  readonly lasting: boolean
  close(): Promise<void>
}

export interface Login {
  username: string
  /** Empty when the server asks for none. */
  password: string
}

const ErrorBody = Type.Union([
  Type.Object({ data: Type.Object({ message: Type.String() }) }),
  Type.Object({ message: Type.String() }),
])

interface ConnectionEnd extends Pick<Connection, "lasting"> {
  /** What ends it, besides. */
  close?(): Promise<void>
}

/** A connection to the server at `url`, without a word to it yet. */
export function connectionTo(
  url: string,
  { username, password }: Login,
  { lasting, close }: ConnectionEnd,
): Connection {
  const base = url.replace(/\/+$/, "")
  const credentials = Buffer.from(`${username}:${password}`).toString("base64")
  const authorization: Record<string, string> = password ? { authorization: `Basic ${credentials}` } : {}

  let closed: Promise<void> | undefined
  const send = async (path: string, init: RequestInit) => {
    const headers = { ...authorization, ...(init.body !== undefined && { "content-type": "application/json" }) }
    let response: Response
    try {
      // A run may be silent for hours: how long to wait is not the client's to say.
      response = await fetch(base + path, { ...init, headers, timeout: false } as BunFetchRequestInit)
    } catch (error) {
      throw new CommandError(`The server ${base} cannot be reached: ${errorMessage(error)}`)
    }
    if (!response.ok) throw new CommandError(await refusal(response))
    return response
  }
  return {
    async call(answer, method, path, body) {
      const response = await send(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
      const value: unknown = await response.json().catch((error) => {
        throw new CommandError(`The server broke off its answer: ${errorMessage(error)}`)
      })
      if (Value.Check(answer, value)) return value
      throw new CommandError(`${base} answered ${method} ${path} in a form that this program does not know`)
    },
    open: (path, signal) => send(path, { signal }),
    lasting,
    close() {
      closed ??= close?.() ?? Promise.resolve()
      return closed
    },
  }
}

async function refusal(response: Response): Promise<string> {
  if (response.status === 401)
    return "The server asks for a password: set OPENCODE_SERVER_PASSWORD (and OPENCODE_SERVER_USERNAME)"
  const text = await response.text()
  try {
    const body: unknown = JSON.parse(text)
    if (Value.Check(ErrorBody, body)) return "data" in body ? body.data.message : body.message
  } catch {
    // Not from such a server: its status says most.
  }
  return `The server answered ${response.status} ${response.statusText}`.trim()
}

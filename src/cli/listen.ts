import { CommandError } from "./command-error"

/** 0 in the configuration or on the command line means the same as not saying anything: this port, or a free one. */
export const DEFAULT_PORT = 4096

/**
 * Starts to listen. Without a port (or with 0) it is the default one or, if that is taken, a free one. Throws
 * `CommandError` when the asked address cannot be had.
 */
export function listen<S>(address: { hostname: string; port: number }, start: (port: number) => S): S {
  if (address.port === 0) {
    try {
      return start(DEFAULT_PORT)
    } catch (error) {
      if (codeOf(error) !== "EADDRINUSE") throw refusal(error, { ...address, port: DEFAULT_PORT })
      return start(0)
    }
  }
  try {
    return start(address.port)
  } catch (error) {
    throw refusal(error, address)
  }
}

/** The port in a text. Throws `CommandError` unless it is a whole number from 0 to 65535. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65535)) throw new CommandError(`The port must be a number from 0 to 65535, not ${JSON.stringify(text)}`)
  return port
}

const REASONS: Record<string, string> = {
  EADDRINUSE: "the port is in use by another program",
  EACCES: "this user may not listen on that port",
  EADDRNOTAVAIL: "this machine has no such address",
}

function refusal(error: unknown, { hostname, port }: { hostname: string; port: number }): CommandError {
  const reason = REASONS[codeOf(error) ?? ""] ?? (error instanceof Error ? error.message : String(error))
  return new CommandError(`Cannot listen on ${hostname}:${port}: ${reason}`)
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined
}

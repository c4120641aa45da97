export type Level = "DEBUG" | "INFO" | "WARN" | "ERROR"

/** Structured log. `fields` must not hold secrets; errors are written with name, message and stack. */
export interface Log {
  debug(message: string, fields?: object): void
  info(message: string, fields?: object): void
  warn(message: string, fields?: object): void
  error(message: string, fields?: object): void
}

const LEVELS: Level[] = ["DEBUG", "INFO", "WARN", "ERROR"]

/**
 * A log of JSON lines: each line of at least `level` is handed to `write`, with its line feed. A level that is learnt later
 * is given as a function.
 */
export function createLog(
  level: Level | (() => Level),
  write: (line: string) => void,
  now: () => number = Date.now,
): Log {
  const lowest = typeof level === "function" ? level : () => level
  const at =
    (own: Level) =>
    (message: string, fields: object = {}) => {
      if (LEVELS.indexOf(own) < LEVELS.indexOf(lowest())) return
      write(`${JSON.stringify({ time: new Date(now()).toISOString(), level: own, message, ...fields }, plain)}\n`)
    }
  return { debug: at("DEBUG"), info: at("INFO"), warn: at("WARN"), error: at("ERROR") }
}

function plain(_: string, value: unknown) {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack }
  return typeof value === "bigint" ? `${value}` : value
}

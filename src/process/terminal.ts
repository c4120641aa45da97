import { ownGroup } from "./process-group"
import type { TerminalOptions } from "./supervisor"

/** Bytes that may wait for a program to read them. */
const MAX_INPUT = 1024 * 1024
/** Milliseconds without output after which a terminal whose program has ended counts as read to its end. */
const QUIET = 50
/** Milliseconds after which it does in any case: background jobs may print for ever. */
const LAST_OUTPUT = 500

/** Starts a program in a terminal. `ended` settles when it has ended and what it printed was told. For `spawn.ts` only. */
export function startTerminal(options: TerminalOptions) {
  if (process.platform === "win32") throw new Error("Windows has no terminals of the kind this server uses")
  let waiting = 0
  let last = 0
  const closed = Promise.withResolvers<void>()
  const child = Bun.spawn(options.command, {
    ...ownGroup,
    cwd: options.cwd,
    env: options.env,
    terminal: {
      cols: options.cols,
      rows: options.rows,
      data(_, bytes) {
        last = performance.now()
        options.onOutput(bytes)
      },
      drain() {
        waiting = 0
      },
      exit: () => closed.resolve(),
    },
  })
  const { terminal } = child
  if (!terminal) throw new Error("No terminal could be opened")

  const lastOutput = async () => {
    const start = performance.now()
    last = start
    while (performance.now() - last < QUIET && performance.now() - start < LAST_OUTPUT) await Bun.sleep(QUIET / 2)
  }
  const ended = child.exited.then(async () => {
    // The end of the output comes only when nobody holds the terminal any more; background jobs may do so.
    await Promise.race([closed.promise, lastOutput()])
    terminal.close()
  })
  return {
    child,
    ended,
    write(data: string | Uint8Array): boolean {
      if (terminal.closed) return true
      const size = typeof data === "string" ? Buffer.byteLength(data) : data.byteLength
      if (waiting + size > MAX_INPUT) return false
      waiting += size
      terminal.write(data)
      return true
    },
    resize(cols: number, rows: number): void {
      if (!terminal.closed) terminal.resize(cols, rows)
    },
  }
}

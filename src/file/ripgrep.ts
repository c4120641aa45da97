import type { App } from "../instance/app"
import type { ChildOutput } from "../process/supervisor"
import { createLineShortener } from "./long-line"
import { ripgrepPath } from "./ripgrep-path"

/** Of a longer line of output (a match in a file without line breaks) only what matters is kept. */
const MAX_LINE = 1024 * 1024
const MAX_STDERR = 16 * 1024

export interface RipgrepCall {
  cwd: string
  /** Without the options that always hold: no configuration file, no colour. */
  args: string[]
  signal?: AbortSignal
  /** Byte that ends a line of output; a line feed unless said otherwise. */
  separator?: "\n" | "\0"
}

export interface RipgrepEnd {
  /** Whether `onLine` has stopped it. */
  stopped: boolean
  /** 0: something was found, 1: nothing, 2: an error (perhaps after some results); null when stopped. */
  code: number | null
  stderr: string
}

/**
 * Runs ripgrep and hands out its output line by line. `onLine` answers false to stop: the program is ended at once.
 * Rejects when the signal is aborted.
 */
export async function runRipgrep(
  app: App,
  { cwd, args, signal, separator = "\n" }: RipgrepCall,
  onLine: (line: string) => boolean | undefined,
): Promise<RipgrepEnd> {
  const child = app.processes.spawn({
    command: [await ripgrepPath(app), "--no-config", "--color=never", ...args],
    cwd,
    env: { PATH: app.env.PATH, HOME: app.env.HOME },
    ...(signal && { signal }),
  })
  const stderr = readHead(child.stderr)
  let stopped = false
  try {
    for await (const lines of splitLines(child.stdout, separator)) {
      stopped = lines.some((line) => onLine(line) === false)
      if (stopped) break
    }
  } catch (error) {
    await child.kill()
    throw error
  }
  const { code } = await (stopped ? child.kill() : child.exited)
  signal?.throwIfAborted()
  return { stopped, code: stopped ? null : code, stderr: (await stderr).trimEnd() }
}

/** The lines of each piece of the stream: one by one they would cost more than what is done with them. */
async function* splitLines(stream: ChildOutput, separator: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder()
  let rest = ""
  let long: ReturnType<typeof createLineShortener> | undefined
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(separator)
    rest = lines.pop() ?? ""
    if (long && lines.length > 0) {
      long.add(lines.shift() ?? "")
      yield shortened(long)
      long = undefined
    }
    yield lines
    if (!long && rest.length <= MAX_LINE) continue
    long ??= createLineShortener()
    long.add(rest)
    rest = ""
  }
  yield long ? shortened(long) : rest === "" ? [] : [rest]
}

function shortened(long: ReturnType<typeof createLineShortener>): string[] {
  const line = long.end()
  return line === undefined ? [] : [line]
}

async function readHead(stream: ChildOutput): Promise<string> {
  const decoder = new TextDecoder()
  let text = ""
  for await (const chunk of stream) if (text.length < MAX_STDERR) text += decoder.decode(chunk, { stream: true })
  return text.slice(0, MAX_STDERR)
}

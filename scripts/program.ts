import { mkdtemp, realpath, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

/** A running `opencode serve`, with a home of its own that is removed when it is stopped. */
export interface Program extends AsyncDisposable {
  /** As its standard output says it, without a slash at the end. */
  url: string
  pid: number
  /** The scratch directory: the home. */
  home: string
  /** Milliseconds from the start of the process to the line that it listens. */
  listeningAfter: number
  /** Standard output and error so far. */
  stdout(): string
  stderr(): string
  /** Standard error once the pattern is in it; undefined when it ends without. */
  stderrWith(pattern: RegExp): Promise<string | undefined>
  /** The exit code, or the signal's name. */
  exited: Promise<number | string>
  /** Sends the signal (SIGTERM) and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | string>
}

export interface ProgramOptions {
  /** The server from source by default. */
  command?: string[]
  /** What is started. Default: `serve`. */
  subcommand?: "serve" | "web"
  /** Arguments after it. */
  args?: string[]
  directory: string
  /** Added to the bare environment of the program. */
  env?: Record<string, string>
  /** Called with the scratch home before the start, to put files there. */
  prepare?(home: string): Promise<unknown>
  /** Milliseconds until it must listen. */
  timeout?: number
}

/** How the server is run from source. The directory it works in is the user's: its `.env` must not be read. */
export const fromSource = [process.execPath, "--no-env-file", resolve(import.meta.dir, "..", "src", "main.ts")]

/** The environment of a program that knows nothing of this machine's user but `home`. */
export function bareEnvironment(home: string): Record<string, string> {
  const kept = ["PATH", "SystemRoot", "TMPDIR", "TEMP", "TMP"].flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  )
  return { ...Object.fromEntries(kept), HOME: home, USERPROFILE: home, LANG: "C.UTF-8", TZ: "UTC" }
}

/** Starts a server and waits until it listens. Throws with its error output when it ends before. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const home = await realpath(await mkdtemp(join(tmpdir(), "opencode-home-")))
  await options.prepare?.(home)
  const began = performance.now()
  const child = Bun.spawn(
    [...(options.command ?? fromSource), options.subcommand ?? "serve", ...(options.args ?? [])],
    {
      cwd: options.directory,
      env: { ...bareEnvironment(home), ...options.env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    },
  )
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const exited = child.exited.then((code) => child.signalCode ?? code)
  const program = { home, pid: child.pid, exited, stdout: stdout.text, stderr: stderr.text, stderrWith: stderr.until }
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal)
    const end = await exited
    await rm(home, { recursive: true, force: true })
    return end
  }

  const deadline = setTimeout(() => child.kill("SIGKILL"), options.timeout ?? 20_000)
  try {
    const line = /^opencode server listening on (\S+?)\/?$/m
    const text = await stdout.until(line)
    const url = text?.match(line)?.[1]
    if (!url) throw new Error(`The server ended before it listened (${await exited}): ${stderr.text()}`)
    const listeningAfter = performance.now() - began
    return { ...program, url, listeningAfter, stop, [Symbol.asyncDispose]: async () => void (await stop()) }
  } catch (error) {
    await stop("SIGKILL")
    throw error
  } finally {
    clearTimeout(deadline)
  }
}

/** Reads a stream to its end; `until` answers the text once the pattern is in it, undefined when it ends without. */
function collect(stream: ReadableStream<Uint8Array>) {
  let text = ""
  let ended = false
  let wake = Promise.withResolvers<void>()
  const changed = () => {
    wake.resolve()
    wake = Promise.withResolvers()
  }
  const reading = async () => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true })
      changed()
    }
    ended = true
    changed()
  }
  void reading()
  return {
    text: () => text,
    async until(pattern: RegExp): Promise<string | undefined> {
      while (!pattern.test(text)) {
        if (ended) return undefined
        await wake.promise
      }
      return text
    },
  }
}

import { statSync } from "node:fs"
import { errorMessage } from "../base/error"
import type { Log } from "../base/log"
import { collect } from "./collect"
import { groupCheck, ownGroup, signalGroup } from "./process-group"
import type { Child, ExitState, RunResult, SpawnOptions, Supervisor } from "./supervisor"
import { createWatchdog } from "./watchdog"

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 1500
/** Milliseconds after SIGKILL when what is still seen can only be processes that nobody collects. */
const GIVE_UP = 500
const MAX_OUTPUT = 16 * 1024 * 1024

type Ended = ExitState["ended"]
interface Running {
  exited: Promise<ExitState>
  /** Settles when the group is gone, also where `exited` does not wait for it. */
  gone: Promise<void>
  end(why: Ended): void
}

/** A supervisor, as `supervisor.ts` describes it. */
export function createSupervisor(log: Log): Supervisor {
  const running = new Map<number, Running>()
  const watchdog = createWatchdog(log)

  function spawn(options: SpawnOptions): Child {
    options.signal?.throwIfAborted()
    const child = start(options)
    const group = child.pid
    watchdog.add(group)

    let ended: Ended
    let killedAt: number | undefined
    const timers: Timer[] = []
    const end = (why: Ended) => {
      if (timers.length > 0 || !running.has(group)) return
      ended = why
      signalGroup(group, "SIGTERM")
      timers.push(
        setTimeout(() => {
          signalGroup(group, "SIGKILL")
          killedAt = performance.now()
        }, GRACE),
      )
    }
    const abort = () => end("aborted")
    options.signal?.addEventListener("abort", abort, { once: true })
    const timeout = options.timeout === undefined ? undefined : setTimeout(() => end("timeout"), options.timeout)

    const state = (): ExitState => ({
      code: child.exitCode,
      signal: child.signalCode === null ? null : String(child.signalCode),
      ...(ended && { ended }),
    })
    const gone = child.exited
      .then(() => untilGone(group, () => killedAt !== undefined && performance.now() - killedAt > GIVE_UP))
      .finally(() => {
        for (const timer of timers) clearTimeout(timer)
        clearTimeout(timeout)
        options.signal?.removeEventListener("abort", abort)
        running.delete(group)
        watchdog.remove(group)
      })
    const left = options.leaveBackground
      ? child.exited.then(() => {
          // What is left in the background is no longer this call's: only the end of the supervisor ends it.
          clearTimeout(timeout)
          options.signal?.removeEventListener("abort", abort)
          return ended ? gone : undefined
        })
      : gone
    const exited = left.then(state)
    running.set(group, { exited, gone, end })

    return {
      pid: group,
      stdout: child.stdout,
      stderr: child.stderr,
      ...(typeof child.stdin === "object" && { stdin: input(child.stdin) }),
      exited,
      kill() {
        end("killed")
        return gone.then(state)
      },
    }
  }

  async function run(options: SpawnOptions & { maxOutput?: number }): Promise<RunResult> {
    if (options.signal?.aborted)
      return { code: null, signal: null, ended: "aborted", stdout: new Uint8Array(), stderr: "", truncated: false }
    const child = spawn(options)
    const limit = options.maxOutput ?? MAX_OUTPUT
    const stdout = collect(child.stdout, limit)
    const stderr = collect(child.stderr, limit)
    const exit = await child.exited
    // Rarely a process outside the group still holds the pipes; one left in the background does mostly, and for hours.
    const quiet = options.leaveBackground ? 15 : 500
    const [out, err] = await Promise.all([stdout.settle(quiet), stderr.settle(quiet)])
    return {
      ...exit,
      stdout: out.bytes,
      stderr: new TextDecoder().decode(err.bytes),
      truncated: out.truncated || err.truncated,
    }
  }

  return {
    spawn,
    run,
    list: () => [...running.keys()],
    async dispose() {
      const all = [...running.values()]
      for (const each of all) each.end("killed")
      await Promise.all(all.map((each) => each.gone))
      watchdog.dispose()
    },
  }
}

function start(options: SpawnOptions) {
  const { stdin } = options
  try {
    return Bun.spawn(options.command, {
      ...ownGroup,
      cwd: options.cwd,
      env: options.env,
      stdin: typeof stdin === "string" && stdin !== "pipe" ? new TextEncoder().encode(stdin) : (stdin ?? "ignore"),
      stdout: "pipe",
      stderr: "pipe",
      // Read only as fast as the reader takes it; otherwise Bun fills the memory with the output of a fast program.
      lazy: true,
    })
  } catch (error) {
    const reason = isDirectory(options.cwd) ? errorMessage(error) : `no such directory: ${options.cwd}`
    throw new Error(`Cannot start ${options.command[0]}: ${reason}`, { cause: error })
  }
}

function isDirectory(path: string) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Polls, as nothing reports the end of a group: at once, then more and more rarely. */
async function untilGone(group: number, giveUp: () => boolean) {
  const alive = groupCheck(group)
  for (let pause = 1; alive() && !giveUp(); pause = Math.min(pause * 2, 100)) await Bun.sleep(pause)
}

function input(sink: Bun.FileSink): Child["stdin"] {
  // A program that no longer reads shows in how it ends; a failed write adds nothing to that.
  const quietly = (act: () => unknown) => {
    try {
      const result = act()
      if (result instanceof Promise) result.catch(() => {})
    } catch {}
  }
  return {
    write: (data) => quietly(() => sink.write(data)),
    flush: () => quietly(() => sink.flush()),
    end: () => quietly(() => sink.end()),
  }
}

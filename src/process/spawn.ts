import { statSync } from "node:fs"
import { errorMessage } from "../base/error"
import type { Log } from "../base/log"
import { collect } from "./collect"
import { groupCheck, groupsOfSession, ownGroup, type Reach, signalGroup } from "./process-group"
import { readChunks } from "./read-chunks"
import type {
  Child,
  ExitState,
  RunResult,
  SpawnOptions,
  Supervisor,
  TerminalChild,
  TerminalOptions,
} from "./supervisor"
import { startTerminal } from "./terminal"
import { createWatchdog } from "./watchdog"

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 1500
/** Milliseconds after SIGKILL when what is still seen can only be processes that nobody collects. */
const GIVE_UP = 500
const MAX_OUTPUT = 16 * 1024 * 1024

type Ended = ExitState["ended"]
interface Running {
  /** Settles when every process is gone. */
  gone: Promise<void>
  end(why: Ended): void
}

/** A supervisor, as `supervisor.ts` describes it. */
export function createSupervisor(log: Log): Supervisor {
  const running = new Map<number, Running>()
  const watchdog = createWatchdog(log)

  /** Watches over a process that was just started, until it is gone with all it started. */
  function track(child: Bun.Subprocess, reach: Reach, { signal, timeout }: Pick<SpawnOptions, "signal" | "timeout">) {
    const group = child.pid
    watchdog.add(group)

    let ended: Ended
    let killedAt: number | undefined
    const timers: Timer[] = []
    const send = (...signals: Parameters<typeof signalGroup>[1][]) => {
      for (const each of reach === "session" ? groupsOfSession(group) : [group])
        for (const name of signals) signalGroup(each, name)
    }
    const end = (why: Ended) => {
      if (timers.length > 0 || !running.has(group)) return
      ended = why
      // Interactive shells take no notice of SIGTERM.
      if (reach === "session") send("SIGHUP", "SIGTERM")
      else send("SIGTERM")
      timers.push(
        setTimeout(() => {
          send("SIGKILL")
          killedAt = performance.now()
        }, GRACE),
      )
    }
    const abort = () => end("aborted")
    signal?.addEventListener("abort", abort, { once: true })
    const limit = timeout === undefined ? undefined : setTimeout(() => end("timeout"), timeout)
    /** From now on neither signal nor timeout ends what is left. */
    const letGo = () => {
      clearTimeout(limit)
      signal?.removeEventListener("abort", abort)
    }

    const giveUp = () => killedAt !== undefined && performance.now() - killedAt > GIVE_UP
    const gone = child.exited
      .then(() => untilGone(groupCheck(group, reach), giveUp))
      .finally(() => {
        for (const timer of timers) clearTimeout(timer)
        letGo()
        running.delete(group)
        watchdog.remove(group)
      })
    running.set(group, { gone, end })
    return {
      gone,
      letGo,
      isEnded: () => ended !== undefined,
      state: (): ExitState => ({
        code: child.exitCode,
        signal: child.signalCode === null ? null : String(child.signalCode),
        ...(ended && { ended }),
      }),
      kill() {
        end("killed")
        return gone
      },
    }
  }

  function spawn(options: SpawnOptions): Child {
    options.signal?.throwIfAborted()
    const child = start(options)
    const { gone, letGo, isEnded, state, kill } = track(child, "group", options)
    const left = options.leaveBackground
      ? child.exited.then(() => {
          // What is left in the background is no longer this call's: only the end of the supervisor ends it.
          letGo()
          return isEnded() ? gone : undefined
        })
      : gone
    return {
      pid: child.pid,
      stdout: readChunks(child.stdout),
      stderr: readChunks(child.stderr),
      ...(typeof child.stdin === "object" && { stdin: input(child.stdin) }),
      ...(options.onMessage && { send: (message: object) => quietly(() => child.send(message)) }),
      exited: left.then(state),
      kill: () => kill().then(state),
    }
  }

  function spawnTerminal(options: TerminalOptions): TerminalChild {
    options.signal?.throwIfAborted()
    const { child, ended, write, resize } = starting(options, () => startTerminal(options))
    const { state, kill } = track(child, "session", options)
    return { pid: child.pid, exited: ended.then(state), write, resize, kill: () => kill().then(state) }
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
    spawnTerminal,
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
  const { stdin, onMessage } = options
  return starting(options, () =>
    Bun.spawn(options.command, {
      ...ownGroup,
      cwd: options.cwd,
      env: options.env,
      stdin: typeof stdin === "string" && stdin !== "pipe" ? new TextEncoder().encode(stdin) : (stdin ?? "ignore"),
      stdout: "pipe",
      stderr: "pipe",
      // Read only as fast as the reader takes it; otherwise Bun fills the memory with the output of a fast program.
      lazy: true,
      ...(onMessage && { ipc: (message: unknown) => onMessage(message), serialization: "json" as const }),
    }),
  )
}

function starting<T>({ command, cwd }: Pick<SpawnOptions, "command" | "cwd">, spawn: () => T): T {
  try {
    return spawn()
  } catch (error) {
    const reason = isDirectory(cwd) ? errorMessage(error) : `no such directory: ${cwd}`
    throw new Error(`Cannot start ${command[0]}: ${reason}`, { cause: error })
  }
}

function isDirectory(path: string) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Polls, as nothing reports the end of a group: at once, then more and more rarely. */
async function untilGone(alive: () => boolean, giveUp: () => boolean) {
  for (let pause = 1; alive() && !giveUp(); pause = Math.min(pause * 2, 100)) await Bun.sleep(pause)
}

/** A program that no longer reads shows in how it ends; a failed write adds nothing to that. */
function quietly(act: () => unknown): void {
  try {
    const result = act()
    if (result instanceof Promise) result.catch(() => {})
  } catch {}
}

function input(sink: Bun.FileSink): Child["stdin"] {
  return {
    write: (data) => quietly(() => sink.write(data)),
    flush: () => quietly(() => sink.flush()),
    end: () => quietly(() => sink.end()),
  }
}

import { stat } from "node:fs/promises"
import { constants } from "node:os"
import { dirname, resolve } from "node:path"
import { badRequest, errorMessage, tagged } from "../base/error"
import { newID } from "../base/id"
import { publish } from "../instance/event"
import type { Instance } from "../instance/instance"
import { instanceState } from "../instance/state"
import { childEnvironment } from "../process/child-environment"
import type { ExitState, TerminalChild, TerminalOptions } from "../process/supervisor"
import type { Pty } from "../schema/pty"
import { createReplay, type Replay } from "./replay"
import { userShell, withLogin } from "./shell"
import { createViewer, type Screen, type Viewer } from "./viewer"

/** The size until a client says its own, as terminals have always had it. */
const SIZE = { cols: 80, rows: 24 }
/** Milliseconds in which output is gathered before it is shown: programs print in many small pieces. */
const GATHER = 4
/** Units of text that are shown at once: a flood of output keeps timers waiting. */
const PLENTY = 64 * 1024

interface Terminal {
  info: Pty
  child: TerminalChild
  replay: Replay
  viewers: Set<Viewer>
}

const stateOf = instanceState<{ instance: Instance; terminals: Map<string, Terminal> }>(
  (instance) => ({ instance, terminals: new Map() }),
  ({ instance, terminals }) => Promise.all([...terminals.keys()].map((id) => removePty(instance, id))),
)

export interface PtyInput {
  /** Default: the user's shell. Shells are started as login shells. */
  command?: string
  args?: string[]
  /** Default: the directory of the instance. */
  cwd?: string
  title?: string
  /** Besides the server's own environment. */
  env?: Record<string, string>
}

/**
 * Opens a terminal and publishes `pty.created`. Where `cwd` does not exist it begins in the nearest parent that does. Throws
 * 400 when the program cannot be started.
 */
export async function createPty(instance: Instance, input: PtyInput = {}): Promise<Pty> {
  const { app, directory } = instance
  const { terminals } = stateOf(instance)
  const command = input.command || (await userShell(instance))
  const args = withLogin(command, input.args ?? [])
  const cwd = resolve(directory, input.cwd ?? ".")
  const start = await nearestDirectory(cwd)
  instance.signal.throwIfAborted()

  const replay = createReplay()
  const viewers = new Set<Viewer>()
  const decoder = new TextDecoder()
  let timer: Timer | undefined
  let shown = 0
  const show = () => {
    clearTimeout(timer)
    timer = undefined
    shown = replay.end
    for (const viewer of viewers) viewer.show()
  }
  const child = spawnTerminal(instance, {
    command: [command, ...args],
    cwd: start,
    env: { ...childEnvironment(app.env), TERM: "xterm-256color", ...input.env },
    signal: instance.signal,
    ...SIZE,
    onOutput(bytes) {
      replay.append(decoder.decode(bytes, { stream: true }))
      if (replay.end - shown >= PLENTY) show()
      else timer ??= setTimeout(show, GATHER)
    },
  })
  const id = newID("pty")
  const title = input.title || `Terminal ${id.slice(-4)}`
  const info: Pty = { id, title, command, args, cwd, status: "running", pid: child.pid }
  terminals.set(id, { info, child, replay, viewers })
  publish(instance, "pty.created", { info })
  child.exited.then((exit) => {
    clearTimeout(timer)
    replay.append(decoder.decode())
    // One that was removed is told by `pty.deleted`.
    if (terminals.delete(id)) publish(instance, "pty.exited", { id, exitCode: exitCode(exit) })
    for (const viewer of viewers) viewer.end()
  })
  return info
}

/** The terminals whose program runs, in the order in which they were opened. */
export const listPtys = (instance: Instance): Pty[] => [...stateOf(instance).terminals.values()].map(({ info }) => info)

/** Throws 404 for one that is unknown or has ended. */
export const getPty = (instance: Instance, id: string): Pty => getTerminal(instance, id).info

/** Whether a terminal of that id runs. */
export const hasPty = (instance: Instance, id: string): boolean => stateOf(instance).terminals.has(id)

/** Renames or resizes a terminal and publishes `pty.updated`. Throws 404. */
export function updatePty(
  instance: Instance,
  id: string,
  { title, size }: { title?: string; size?: { cols: number; rows: number } },
): Pty {
  const terminal = getTerminal(instance, id)
  if (title) terminal.info = { ...terminal.info, title }
  if (size) terminal.child.resize(size.cols, size.rows)
  publish(instance, "pty.updated", { info: terminal.info })
  return terminal.info
}

/** Ends all that runs in a terminal, closes its connections and publishes `pty.deleted`. Throws 404. */
export async function removePty(instance: Instance, id: string): Promise<void> {
  const { child } = getTerminal(instance, id)
  stateOf(instance).terminals.delete(id)
  await child.kill()
  publish(instance, "pty.deleted", { id })
}

/** A client's connection to a terminal. */
export interface PtyConnection {
  /** Types. False when the program has left too much unread. */
  write(data: string | Uint8Array): boolean
  /** The screen has room again. */
  resume(): void
  close(): void
}

/**
 * Shows a terminal on a screen: what it has printed from the position `cursor` on (-1: nothing of it), and from then on what
 * it prints. The screen is closed when the terminal ends. Throws 404.
 */
export function connectPty(instance: Instance, id: string, cursor: number, screen: Screen): PtyConnection {
  const { child, replay, viewers } = getTerminal(instance, id)
  const viewer = createViewer(replay, screen, cursor === -1 ? replay.end : cursor)
  viewers.add(viewer)
  viewer.show()
  return {
    write: (data) => child.write(data),
    resume: () => viewer.resume(),
    close: () => void viewers.delete(viewer),
  }
}

function getTerminal(instance: Instance, ptyID: string): Terminal {
  const terminal = stateOf(instance).terminals.get(ptyID)
  if (!terminal) throw tagged(404, "PtyNotFoundError", `PTY session not found: ${ptyID}`, { ptyID })
  return terminal
}

function spawnTerminal(instance: Instance, options: TerminalOptions): TerminalChild {
  try {
    return instance.app.processes.spawnTerminal(options)
  } catch (error) {
    throw badRequest(errorMessage(error), "Payload")
  }
}

async function nearestDirectory(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() || dirname(path) === path ? path : nearestDirectory(dirname(path))
}

/** As shells tell it: 128 and the number of the signal for a program that a signal has ended. */
function exitCode({ code, signal }: ExitState): number {
  if (code !== null) return code
  const known: Record<string, number> = constants.signals
  return 128 + (known[signal ?? ""] ?? 0)
}

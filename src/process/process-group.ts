import { readdirSync, readFileSync } from "node:fs"

const windows = process.platform === "win32"

/** Bun.spawn options that give a child a process group of its own, with its pid as the group's id. */
// On Windows there are no groups; there a child that is not detached belongs to the job of this process and ends with it.
export const ownGroup = windows ? { windowsHide: true } : { detached: true }

/** How far a child reaches: its process group, or all groups of the session that it leads (a shell gives each job its own). */
export type Reach = "group" | "session"

/** Sends a signal to every process of the group. One that is gone is no error. */
export function signalGroup(group: number, signal: "SIGHUP" | "SIGTERM" | "SIGKILL"): void {
  try {
    if (windows) endTree(group)
    else process.kill(-group, signal)
  } catch (error) {
    // Those of another user (sudo) cannot be signalled from here.
    if (code(error) !== "ESRCH" && code(error) !== "EPERM") throw error
  }
}

/** The groups of a session. Only Linux tells them; elsewhere it is the leader's own, and the shell passes a hangup on to its jobs. */
export function groupsOfSession(session: number): number[] {
  if (process.platform !== "linux") return [session]
  const groups = pids().flatMap((pid) => {
    const stat = readStat(pid)
    return stat?.session === session ? [stat.group] : []
  })
  return [...new Set([session, ...groups])]
}

/**
 * A check of whether any process of the group, or of the session, is left. Those that have ended and only wait to be collected by a slow init
 * do not count on Linux; elsewhere they are not told apart.
 */
export function groupCheck(group: number, reach: Reach): () => boolean {
  let known: number | undefined
  const belongs = (pid: number) => {
    const stat = readStat(pid)
    return stat?.group === group || (reach === "session" && stat?.session === group)
  }
  return () => {
    const session = reach === "session" && process.platform === "linux"
    try {
      if (!session) process.kill(windows ? group : -group, 0)
    } catch (error) {
      if (code(error) === "ESRCH") return false
      // Linux says so of processes of another user, macOS also when only processes that have ended are left.
      if (code(error) === "EPERM") return process.platform === "linux"
      throw error
    }
    if (process.platform !== "linux") return true
    if (known === undefined || !belongs(known)) known = pids().find(belongs)
    return known !== undefined
  }
}

const pids = () =>
  readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0)

/** Undefined for a process that is gone, or has ended and only waits to be collected. */
function readStat(pid: number): { group: number; session: number } | undefined {
  try {
    // PID (NAME) STATE PARENT GROUP SESSION ...; the name may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    const [state, , group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return state === "Z" || state === "X" ? undefined : { group: Number(group), session: Number(session) }
  } catch (error) {
    if (code(error) === "ENOENT" || code(error) === "ESRCH") return undefined
    throw error
  }
}

function endTree(pid: number) {
  Bun.spawn(["taskkill", "/PID", String(pid), "/T", "/F"], { stdio: ["ignore", "ignore", "ignore"], windowsHide: true })
}

const code = (error: unknown) => (error instanceof Error && "code" in error ? error.code : undefined)

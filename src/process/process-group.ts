import { readdirSync, readFileSync } from "node:fs"

const windows = process.platform === "win32"

/** Bun.spawn options that give a child a process group of its own, with its pid as the group's id. */
// On Windows there are no groups; there a child that is not detached belongs to the job of this process and ends with it.
export const ownGroup = windows ? { windowsHide: true } : { detached: true }

/** Sends a signal to every process of the group. One that is gone is no error. */
export function signalGroup(group: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    if (windows) endTree(group)
    else process.kill(-group, signal)
  } catch (error) {
    // Those of another user (sudo) cannot be signalled from here.
    if (code(error) !== "ESRCH" && code(error) !== "EPERM") throw error
  }
}

/**
 * A check of whether any process of the group is left. Those that have ended and only wait to be collected by a slow init
 * do not count on Linux; elsewhere they are not told apart.
 */
export function groupCheck(group: number): () => boolean {
  let known: number | undefined
  return () => {
    try {
      process.kill(windows ? group : -group, 0)
    } catch (error) {
      if (code(error) === "ESRCH") return false
      // Linux says so of processes of another user, macOS also when only processes that have ended are left.
      if (code(error) === "EPERM") return process.platform === "linux"
      throw error
    }
    if (process.platform !== "linux") return true
    if (known === undefined || !runsIn(group, known)) known = pids().find((pid) => runsIn(group, pid))
    return known !== undefined
  }
}

const pids = () =>
  readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0)

function runsIn(group: number, pid: number) {
  try {
    // PID (NAME) STATE PARENT GROUP ...; the name may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1")
    const [state, , own] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return Number(own) === group && state !== "Z" && state !== "X"
  } catch (error) {
    if (code(error) === "ENOENT" || code(error) === "ESRCH") return false
    throw error
  }
}

function endTree(pid: number) {
  Bun.spawn(["taskkill", "/PID", String(pid), "/T", "/F"], { stdio: ["ignore", "ignore", "ignore"], windowsHide: true })
}

const code = (error: unknown) => (error instanceof Error && "code" in error ? error.code : undefined)

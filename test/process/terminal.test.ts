import { afterAll, expect, test } from "bun:test"
import { createLog } from "../../src/base/log"
import { createSupervisor } from "../../src/process/spawn"
import { isAlive } from "../helper/alive"

const supervisor = createSupervisor(createLog("DEBUG", () => {}))
const env = { PATH: process.env.PATH, TERM: "dumb" }

afterAll(() => supervisor.dispose())

/** A shell script in a terminal, with what it has printed so far and a promise of a certain text in it. */
function open(script: string, options: { shell?: string; signal?: AbortSignal } = {}) {
  const decoder = new TextDecoder()
  const waiting: (() => void)[] = []
  let text = ""
  const child = supervisor.spawnTerminal({
    command: [options.shell ?? "sh", "-c", script],
    cwd: "/",
    env,
    cols: 80,
    rows: 24,
    onOutput(bytes) {
      text += decoder.decode(bytes, { stream: true })
      for (const each of waiting.splice(0)) each()
    },
    ...(options.signal && { signal: options.signal }),
  })
  return {
    child,
    text: () => text,
    async until(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = pattern.exec(text)
        if (found) return found
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
    },
  }
}

test("the program is in a terminal of its own, of the size that was asked for", async () => {
  const { child, text, until } = open("test -t 0 && test -t 1 && echo yes; stty size; read x; stty size; exit 7")
  await until(/24 80/)
  child.resize(120, 40)
  expect(child.write("\n")).toBe(true)
  expect(await child.exited).toEqual({ code: 7, signal: null })
  expect(text()).toMatch(/yes\r\n24 80\r\n\r\n40 120\r\n$/)
})

test("all output is there when exited settles, and what comes after the end does no harm", async () => {
  const { child, text } = open("seq 1 20000")
  await child.exited
  expect(text()).toEndWith("\r\n20000\r\n")
  expect(child.write("x")).toBe(true)
  child.resize(10, 10)
  expect(await child.kill()).toEqual({ code: 0, signal: null })
})

test("kill ends the jobs of the shell too, each in a group of its own, even those that ignore a hangup", async () => {
  const { child, until } = open(
    "set -m; sleep 60 & nohup sleep 61 2>/dev/null & sh -c \"trap '' HUP TERM; sleep 62\" & echo $! $(jobs -p) end; wait",
    { shell: "bash" },
  )
  const pids = (await until(/([\d\s]+)end/))[1]!.trim().split(/\s+/).map(Number)
  expect(pids.map(isAlive)).not.toContain(false)
  expect(new Set(pids).size).toBe(3)
  expect(await child.kill()).toMatchObject({ ended: "killed" })
  expect(pids.map(isAlive)).toEqual(pids.map(() => false))
  expect(supervisor.list()).toEqual([])
})

test("exited does not wait for background jobs; the signal still ends them", async () => {
  const abort = new AbortController()
  const { child, until } = open("trap '' HUP; sleep 60 >/dev/null 2>&1 & echo pid $! end", { signal: abort.signal })
  const pid = Number((await until(/pid (\d+) end/))[1])
  expect(await child.exited).toEqual({ code: 0, signal: null })
  expect([isAlive(pid), supervisor.list()]).toEqual([true, [child.pid]])
  abort.abort()
  await child.kill()
  expect([isAlive(pid), supervisor.list()]).toEqual([false, []])
})

test("a program that does not read is not typed to without bounds", async () => {
  const { child, until } = open("stty raw -echo; echo ready; sleep 60")
  await until(/ready/)
  const piece = "x".repeat(100_000)
  const taken = Array.from({ length: 30 }, () => child.write(piece))
  expect(taken[0]).toBe(true)
  expect(taken.at(-1)).toBe(false)
  await child.kill()
})

test("a program that reads is typed to for ever", async () => {
  const { child, until } = open("stty raw -echo; echo ready; head -c 3000000 | wc -c")
  await until(/ready/)
  for (let sent = 0; sent < 3_000_000; ) {
    if (child.write("x".repeat(50_000))) sent += 50_000
    else await Bun.sleep(1)
  }
  await until(/3000000/)
  await child.exited
})

test("says which program or directory is missing", () => {
  const terminal = { env, cols: 80, rows: 24, onOutput() {} }
  expect(() => supervisor.spawnTerminal({ ...terminal, command: ["no-such-program"], cwd: "/" })).toThrow(
    "Cannot start no-such-program",
  )
  expect(() => supervisor.spawnTerminal({ ...terminal, command: ["sh"], cwd: "/no/such" })).toThrow(
    "no such directory: /no/such",
  )
})

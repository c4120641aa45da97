import { afterAll, describe, expect, test } from "bun:test"
import { createLog } from "../../src/base/log"
import { createSupervisor } from "../../src/process/spawn"
import type { ChildOutput } from "../../src/process/supervisor"
import { isAlive } from "../helper/alive"

const lines: string[] = []
const log = createLog("DEBUG", (line) => lines.push(line))
const supervisor = createSupervisor(log)
const base = { cwd: "/", env: { PATH: process.env.PATH } }
const sh = (script: string) => ({ ...base, command: ["sh", "-c", script] })

afterAll(() => supervisor.dispose())

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
async function firstLine(stream: ChildOutput) {
  let all = ""
  for await (const chunk of stream) {
    all += text(chunk)
    if (all.includes("\n")) break
  }
  return all.split("\n")[0]!
}

describe("run", () => {
  test("collects both streams and the exit code", async () => {
    const result = await supervisor.run(sh("echo out; echo err >&2; exit 3"))
    expect({ ...result, stdout: text(result.stdout) }).toEqual({
      code: 3,
      signal: null,
      stdout: "out\n",
      stderr: "err\n",
      truncated: false,
    })
    expect(supervisor.list()).toEqual([])
  })

  test("gives the program its input, or an empty one", async () => {
    expect(text((await supervisor.run({ ...sh("cat"), stdin: "hello" })).stdout)).toBe("hello")
    expect(text((await supervisor.run({ ...sh("cat"), stdin: new Uint8Array([104, 105]) })).stdout)).toBe("hi")
    expect(text((await supervisor.run({ ...sh("cat"), stdin: "pipe".slice(0, 3) })).stdout)).toBe("pip")
    expect((await supervisor.run(sh("cat"))).stdout.length).toBe(0)
  })

  test("keeps the head of a long output and lets the program end", async () => {
    const result = await supervisor.run({ ...sh("head -c 3000000 /dev/zero; echo end >&2"), maxOutput: 1000 })
    expect(result).toMatchObject({ code: 0, stderr: "end\n", truncated: true })
    expect(result.stdout.length).toBe(1000)
  })

  test("an exact fit is not truncated", async () => {
    const result = await supervisor.run({ ...sh("printf 12345"), maxOutput: 5 })
    expect([text(result.stdout), result.truncated]).toEqual(["12345", false])
  })

  test("does not start anything for a signal that is aborted already", async () => {
    const result = await supervisor.run({ ...sh("echo ran"), signal: AbortSignal.abort() })
    expect(result).toMatchObject({ code: null, ended: "aborted" })
    expect(result.stdout.length).toBe(0)
  })

  test("a timeout ends the program and says so", async () => {
    const result = await supervisor.run({ ...sh("echo before; sleep 60"), timeout: 50 })
    expect(result).toMatchObject({ code: null, signal: "SIGTERM", ended: "timeout" })
    expect(text(result.stdout)).toBe("before\n")
  })

  test("says which program or directory is missing", async () => {
    expect(supervisor.run({ ...base, command: ["no-such-program"] })).rejects.toThrow("Cannot start no-such-program")
    expect(supervisor.run({ ...sh("true"), cwd: "/no/such" })).rejects.toThrow("no such directory: /no/such")
  })
})

describe("groups", () => {
  test("abort ends the whole group, and exited waits for it", async () => {
    const abort = new AbortController()
    const child = supervisor.spawn({ ...sh("sleep 60 & echo $!; wait"), signal: abort.signal })
    const grandchild = Number(await firstLine(child.stdout))
    expect(isAlive(grandchild)).toBe(true)
    expect(supervisor.list()).toEqual([child.pid])
    abort.abort()
    expect(await child.exited).toMatchObject({ ended: "aborted" })
    expect([isAlive(child.pid), isAlive(grandchild)]).toEqual([false, false])
    expect(supervisor.list()).toEqual([])
  })

  test("a group that ignores SIGTERM is killed", async () => {
    const child = supervisor.spawn(sh("trap '' TERM; sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1; done'"))
    const inner = Number(await firstLine(child.stdout))
    const start = performance.now()
    expect(await child.kill()).toMatchObject({ code: null, signal: "SIGKILL", ended: "killed" })
    expect(performance.now() - start).toBeLessThan(2500)
    expect(isAlive(inner)).toBe(false)
  })

  test("exited waits for what the program left in the background", async () => {
    const start = performance.now()
    expect(await supervisor.spawn(sh("sleep 0.3 >/dev/null 2>&1 &")).exited).toEqual({ code: 0, signal: null })
    expect(performance.now() - start).toBeGreaterThan(250)
  })

  test("leaveBackground: answers at the end of the program, dispose ends the rest", async () => {
    const own = createSupervisor(log)
    const result = await own.run({ ...sh("echo first; sleep 60 & echo $!"), leaveBackground: true })
    const pid = Number(text(result.stdout).trim().split("\n").at(-1))
    expect(result.code).toBe(0)
    expect(text(result.stdout)).toStartWith("first\n")
    expect(isAlive(pid)).toBe(true)
    expect(own.list().length).toBe(1)
    await own.dispose()
    expect(isAlive(pid)).toBe(false)
  })

  test("reads no faster than the reader", async () => {
    const child = supervisor.spawn(sh("yes"))
    const before = process.memoryUsage.rss()
    await Bun.sleep(150)
    expect(process.memoryUsage.rss() - before).toBeLessThan(30e6)
    await child.kill()
  })

  test("a program that prints without pause leaves everything else its turn", async () => {
    const child = supervisor.spawn(sh("yes"))
    let pieces = 0
    const reading = (async () => {
      for await (const _ of child.stdout) pieces++
    })()
    // Would never be woken by a loop that is always busy.
    for (const _ of [1, 2, 3]) await Bun.sleep(20)
    await child.kill()
    await reading
    expect(pieces).toBeGreaterThan(10)
  })

  test("writing to a program that has ended does no harm", async () => {
    const child = supervisor.spawn({ ...sh("read line; echo got $line"), stdin: "pipe" })
    child.stdin!.write("x\n")
    child.stdin!.flush()
    expect(await firstLine(child.stdout)).toBe("got x")
    await child.exited
    child.stdin!.write("more")
    child.stdin!.flush()
    child.stdin!.end()
  })
})

test("children die with a supervisor's process that is killed", async () => {
  const owner = Bun.spawn([process.execPath, `${import.meta.dir}/owner.ts`], { stdout: "pipe", stderr: "inherit" })
  const pids = (await firstLine(owner.stdout)).split(" ").map(Number)
  expect(pids.map(isAlive)).toEqual([true, true, true, true])
  owner.kill("SIGKILL")
  await owner.exited
  const deadline = performance.now() + 3000
  while (pids.some(isAlive) && performance.now() < deadline) await Bun.sleep(10)
  expect(pids.map(isAlive)).toEqual([false, false, false, false])
  expect(lines).toEqual([])
})

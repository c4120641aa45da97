import { heapStats } from "bun:jsc"
import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { bashTool } from "../../src/tool/bash"
import { isAlive } from "../helper/alive"
import { testProject } from "../helper/project"
import { toolRunner } from "../helper/tools"

const project = (env: Record<string, string> = {}) => testProject({ git: false, env: { SHELL: "/bin/bash", ...env } })
const outputs = (shown: object[]) =>
  shown.map((each) => ("metadata" in each ? (each.metadata as { output: string }).output : undefined))
/** Resolves with the lines of a file as soon as there are so many; a command writes it. */
async function lines(file: string, count: number) {
  for (;;) {
    const found = await Bun.file(file)
      .text()
      .then((text) => text.trim().split("\n"))
      .catch(() => [])
    if (found.length >= count) return found
    await Bun.sleep(5)
  }
}
/** Bytes that are in use, those of buffers and texts included. */
const heldMemory = () => {
  Bun.gc(true)
  return heapStats().heapSize
}

describe("bash", () => {
  test("shows standard output and standard error in the order of printing", async () => {
    await using it = await project()
    const run = toolRunner(it.instance)
    const command = "for i in 1 2 3 4 5 6 7 8; do echo out$i; echo err$i >&2; done"
    const text = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => `out${i}\nerr${i}\n`).join("")
    expect(await run.call("bash", { command })).toEqual({
      title: command,
      output: text,
      metadata: { output: text, exit: 0, truncated: false },
    })
    expect(run.shown[0]).toEqual({ metadata: { output: "" } })
    expect(run.asked[0]).toMatchObject({ permission: "bash", metadata: { command } })
  })

  test.each([
    ["exit 3", 3, "(no output)"],
    ["true", 0, "(no output)"],
    ["cat", 0, "(no output)"],
    ["if", 2, /syntax error/],
    ["nosuchprogram", 127, /nosuchprogram/],
    ["printf 'a\\0b'", 0, "a\0b"],
    ["tty", 1, "not a tty\n"],
  ])("%j ends with %d", async (command, exit, output) => {
    await using it = await project()
    const result = await toolRunner(it.instance).call("bash", { command })
    expect(result.metadata.exit).toBe(exit)
    if (typeof output === "string") expect(result.output).toBe(output)
    else expect(result.output).toMatch(output)
  })

  test("runs in workdir, relative to the project, and asks for directories outside of it", async () => {
    await using it = await testProject({ files: { "src/a.txt": "" }, homeFiles: { "x/y.txt": "" } })
    const run = toolRunner(it.instance)
    expect((await run.call("bash", { command: "pwd", workdir: "src" })).output).toBe(`${it.project}/src\n`)
    expect(run.asked.map((each) => each.permission)).toEqual(["bash"])
    const outside = join(it.home, "x")
    expect((await run.call("bash", { command: "pwd", workdir: outside })).output).toBe(`${outside}\n`)
    expect(run.asked[1]).toEqual({
      permission: "external_directory",
      patterns: [`${outside}/*`],
      always: [`${outside}/*`],
      metadata: { command: "pwd", directories: [outside], patterns: [`${outside}/*`] },
    })
    await expect(run.call("bash", { command: "pwd", workdir: "nowhere" })).rejects.toThrow(
      `The working directory does not exist: ${it.project}/nowhere`,
    )
  })

  test("does not run what is not allowed", async () => {
    await using it = await project()
    const run = toolRunner(it.instance, () => Promise.reject(new Error("no")))
    await expect(run.call("bash", { command: "touch made" })).rejects.toThrow("no")
    expect(await Bun.file(join(it.project, "made")).exists()).toBe(false)
  })

  test("tells the command that it runs in an agent, and no secrets", async () => {
    await using it = await project({ OPENCODE_SERVER_PASSWORD: "hidden", OPENCODE_AUTH_CONTENT: "hidden", MINE: "1" })
    const { output } = await toolRunner(it.instance).call("bash", { command: "echo $OPENCODE $AGENT $MINE; env" })
    expect(output).toStartWith("1 1 1\n")
    expect(output).not.toContain("hidden")
  })

  test("shows the output while it grows", async () => {
    await using it = await project()
    const go = join(it.root, "go")
    const run = toolRunner(it.instance)
    const running = run.call("bash", { command: `echo begun; while [ ! -e ${go} ]; do sleep 0.01; done; echo done` })
    while (!outputs(run.shown).includes("begun\n")) await Bun.sleep(5)
    await Bun.write(go, "")
    expect((await running).output).toBe("begun\ndone\n")
  })

  test("shows fast output only a few times a second", async () => {
    await using it = await project()
    const run = toolRunner(it.instance)
    const start = performance.now()
    await run.call("bash", { command: "seq 1 200000" })
    expect(run.shown.length).toBeLessThanOrEqual(2 + (performance.now() - start) / 100)
  })

  test("a character may come in two pieces, and bytes that are none do no harm", async () => {
    await using it = await project()
    const run = toolRunner(it.instance)
    const pieces = "printf '\\xe2\\x82'; sleep 0.05; printf '\\xac'; printf '\\xff'; printf '\\xf0\\x9f\\x98\\x80'"
    expect((await run.call("bash", { command: pieces })).output).toBe("€\ufffd😀")
  })
})

describe("long output", () => {
  test("keeps the last 2000 lines and saves all", async () => {
    await using it = await project()
    const { output, metadata } = await toolRunner(it.instance).call("bash", { command: "seq 1 3000" })
    const all = `${Array.from({ length: 3000 }, (_, i) => i + 1).join("\n")}\n`
    const kept = all.slice(all.indexOf("\n1002\n") + 1)
    expect(output).toBe(`...output truncated...\n\nFull output saved to: ${metadata.outputPath}\n\n${kept}`)
    expect(metadata).toMatchObject({ output: all, exit: 0, truncated: true })
    expect(metadata.outputPath).toStartWith(join(it.app.paths.data, "tool-output/tool_"))
    expect(await Bun.file(String(metadata.outputPath)).text()).toBe(all)
  })

  test("keeps the last 50 KB of one line, not in the middle of a character", async () => {
    await using it = await project()
    const run = toolRunner(it.instance)
    const command = "head -c 70000 /dev/zero | tr '\\0' x; printf '€%.0s' $(seq 1 10000)"
    const { output, metadata } = await run.call("bash", { command })
    const kept = `${"x".repeat(51200 - 30000)}${"€".repeat(10000)}`
    expect(output.slice(output.lastIndexOf("\n") + 1)).toBe(kept)
    expect(metadata.output).toBe(`...\n\n${"x".repeat(20000)}${"€".repeat(10000)}`)
    expect(Bun.file(String(metadata.outputPath)).size).toBe(100_000)
  })

  test("a flood fills neither the memory, nor the disk, nor the answer", async () => {
    await using it = await project()
    const run = toolRunner(it.instance)
    // What reads commands is loaded by the first one, and stays.
    await run.call("bash", { command: "echo | fold" })
    const before = heldMemory()
    const flood = "head -c 110000000 /dev/zero | tr '\\0' 'y' | fold -w 99; echo end"
    const running = run.call("bash", { command: `${flood}; until [ -e go ]; do sleep 0.01; done` })
    while (!outputs(run.shown).at(-1)?.endsWith("end\n")) await Bun.sleep(5)
    expect(heldMemory() - before).toBeLessThan(20_000_000)
    await Bun.write(join(it.project, "go"), "")
    const { output, metadata } = await running
    expect(output.length).toBeLessThan(52_000)
    expect(Bun.file(String(metadata.outputPath)).size).toBe(100 * 1024 * 1024)
  }, 30_000)
})

describe("the end of a command", () => {
  test("by timeout comes with a note", async () => {
    await using it = await project()
    const run = toolRunner(it.instance)
    const { output, metadata } = await run.call("bash", { command: "echo start; sleep 60; echo end", timeout: 300 })
    expect(output).toMatch(/^start\n\n\n<shell_metadata>\n.*timeout of 300 ms.*\n<\/shell_metadata>$/)
    expect(metadata).toEqual({ output: "start\n", exit: null, truncated: false })
  })

  test("by the default timeout of the environment", async () => {
    await using it = await project({ OPENCODE_EXPERIMENTAL_BASH_DEFAULT_TIMEOUT_MS: "200" })
    const { output } = await toolRunner(it.instance).call("bash", { command: "sleep 60" })
    expect(output).toMatch(/^\(no output\)\n\n<shell_metadata>\n.*timeout of 200 ms/)
  })

  test("by abort takes all of its processes with it", async () => {
    await using it = await project()
    const run = toolRunner(it.instance)
    const pids = join(it.root, "pids")
    // One of them does not listen to SIGTERM.
    const command = `echo $$ > ${pids}; (echo $BASHPID >> ${pids}; sleep 60) & (trap '' TERM; echo $BASHPID >> ${pids}; sleep 60; sleep 60) & echo begun; wait`
    const running = run.call("bash", { command })
    const started = await lines(pids, 3)
    while (!outputs(run.shown).includes("begun\n")) await Bun.sleep(5)
    run.abort.abort()
    const { output, metadata } = await running
    expect(output).toBe("begun\n\n\n<shell_metadata>\nUser aborted the command\n</shell_metadata>")
    expect(metadata).toEqual({ output: "begun\n", exit: null, truncated: false })
    expect(started.map(Number).filter(isAlive)).toEqual([])
  })

  test("does not wait for what it leaves in the background", async () => {
    await using it = await project()
    const run = toolRunner(it.instance)
    const start = performance.now()
    const { output } = await run.call("bash", { command: "sleep 60 & echo started" })
    expect(output).toBe("started\n")
    expect(performance.now() - start).toBeLessThan(3000)
  })

  test("an abort before the start starts nothing", async () => {
    await using it = await project()
    const run = toolRunner(it.instance)
    run.abort.abort(new Error("stopped"))
    await expect(run.run(bashTool, { command: "touch made" })).rejects.toThrow("stopped")
    expect(await Bun.file(join(it.project, "made")).exists()).toBe(false)
  })
})

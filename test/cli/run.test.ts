import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fromSource, type Program, startProgram } from "../../scripts/program"
import { type CommandOptions, runProgram, startCommand } from "../helper/command"

const script = (...steps: unknown[]) => `@@script ${JSON.stringify(steps)}`

let scratch: string
beforeAll(async () => {
  scratch = await realpath(await mkdtemp(join(tmpdir(), "run-test-")))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

let count = 0
async function project(files: Record<string, string> = {}): Promise<string> {
  const directory = join(scratch, `project-${count++}`)
  await mkdir(directory)
  for (const [name, text] of Object.entries(files)) await Bun.write(join(directory, name), text)
  return directory
}

describe("opencode run with a running server", () => {
  let server: Program
  let directory: string
  beforeAll(async () => {
    directory = await project({ "notes.txt": "alpha\n" })
    server = await startProgram({ directory })
  })
  afterAll(() => server.stop())

  const run = (input: string, args: string[] = [], options: Partial<CommandOptions> = {}) =>
    runProgram(["run", ...args], { home: server.home, directory, input, ...options })
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the server sends
  const get = async (path: string): Promise<any> => (await fetch(server.url + path)).json()
  const lines = (text: string) =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))

  test("prints the answer on standard output and all else on standard error", async () => {
    const { code, stdout, stderr } = await run(
      script([{ reasoning: "Hm." }, { tool: "read", input: { filePath: "notes.txt" } }], "It says **alpha**."),
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: "It says **alpha**.\n" })
    expect(stderr).toBe("> build · demo/script\n✓ read notes.txt\n")
  })

  test("goes on when the reader of the answer is gone", async () => {
    const wait = { tool: "bash", input: { command: "until [ -e gone ]; do sleep 0.05; done", description: "Waits" } }
    const child = startCommand(["run"], { home: server.home, directory, input: script(["First.", wait], "Second.") })
    const reader = child.stdout.getReader()
    const { value } = await reader.read()
    expect(new TextDecoder().decode(value)).toBe("First.\n")
    await reader.cancel()
    await Bun.write(join(directory, "gone"), "")
    expect(await child.stderr.text()).toStartWith("> build · demo/script\n✓ bash ")
    expect(await child.exited).toBe(0)
    const [session] = await get("/session")
    const messages = await get(`/session/${session.id}/message`)
    expect(messages.at(-1).parts[1].text).toBe("Second.")
  })

  test.skipIf(!existsSync("/dev/full"))("fails when its answer cannot be written, and says so once", async () => {
    const { code, stderr } = await run(
      script(["First.", { tool: "glob", input: { pattern: "none" } }], "Second."),
      [],
      {
        command: ["sh", "-c", 'exec "$@" > /dev/full', "sh", ...fromSource],
      },
    )
    expect(code).toBe(1)
    expect(stderr.split("\n").filter((line) => line.startsWith("Error:"))).toEqual([
      "Error: The output cannot be written: ENOSPC: no space left on device, write",
    ])
  })

  test("sends words and what is piped in as one message, in the directory where it is called", async () => {
    const elsewhere = await project()
    const { code } = await run("and more", ["two words", "--title", "Words", "--", "--three"], {
      directory: elsewhere,
    })
    const [session] = await get(`/session?directory=${encodeURIComponent(elsewhere)}`)
    const [message] = await get(`/session/${session.id}/message`)
    expect({ code, title: session.title }).toEqual({ code: 0, title: "Words" })
    expect(message.parts.map((part: { text: string }) => part.text)).toEqual(["two words --three\nand more"])
  })

  test("--format json prints a line for every part", async () => {
    const steps = script([{ reasoning: "Hm." }, { tool: "read", input: { filePath: "notes.txt" } }], "Done.")
    const { code, stdout } = await run(steps, ["--format", "json", "--thinking"])
    const events = lines(stdout)
    expect(code).toBe(0)
    expect(events.map(({ type }) => type)).toEqual([
      "step_start",
      "reasoning",
      "tool_use",
      "step_finish",
      "step_start",
      "text",
      "step_finish",
    ])
    expect(events[5]).toEqual({
      type: "text",
      timestamp: expect.any(Number),
      sessionID: expect.stringMatching(/^ses_/),
      part: expect.objectContaining({ type: "text", text: "Done.", sessionID: events[5].sessionID }),
    })
    expect(events[2].part.state.status).toBe("completed")
  })

  test("--thinking shows the reasoning, beside the answer", async () => {
    const { stdout, stderr } = await run(script([{ reasoning: "Hm." }, "Done."]), ["--thinking"])
    expect(stdout).toBe("Done.\n")
    expect(stderr).toContain("Hm.\n")
  })

  test("ends with status 1 when the provider fails, and says why once", async () => {
    const steps = script({ error: { status: 401, message: "The key is wrong" } })
    const [text, json] = await Promise.all([run(steps), run(steps, ["--format=json"])])
    expect({ code: text.code, stdout: text.stdout }).toEqual({ code: 1, stdout: "" })
    expect(text.stderr.match(/The key is wrong/g)).toHaveLength(1)
    expect(json.code).toBe(1)
    expect(lines(json.stdout)).toEqual([
      expect.objectContaining({ type: "error", error: expect.objectContaining({ name: "APIError" }) }),
    ])
  })

  test("rejects what would be asked for, unless --auto is given", async () => {
    await Bun.write(join(scratch, "outside.txt"), "omega\n")
    const steps = script([{ tool: "read", input: { filePath: join(scratch, "outside.txt") } }], "Read it.")
    const [rejected, granted] = await Promise.all([run(steps), run(steps, ["--auto"])])
    expect({ code: rejected.code, stdout: rejected.stdout }).toEqual({ code: 1, stdout: "" })
    expect(rejected.stderr).toContain("external_directory")
    expect(rejected.stderr).toContain("✗ read")
    expect({ code: granted.code, stdout: granted.stdout }).toEqual({ code: 0, stdout: "Read it.\n" })
  })

  test("answers what its subagents ask for too", async () => {
    const inner = script([{ tool: "read", input: { filePath: join(scratch, "outside.txt") } }], "Inner.")
    const task = { tool: "task", input: { description: "Look", prompt: inner, subagent_type: "general" } }
    const { code, stdout } = await run(script([task], "Outer."), ["--auto"])
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Outer.\n" })
  })

  test("goes on with the last session, a named one, or a copy", async () => {
    const own = await project()
    const inOwn = { directory: own }
    const sessions = async () => (await get(`/session?directory=${encodeURIComponent(own)}`)) as { id: string }[]
    expect((await run(script("One."), ["--continue"], inOwn)).stderr).toContain("no session")
    await run(script("One."), [], inOwn)
    const [first] = await sessions()
    await run(script("Two."), ["--continue"], inOwn)
    await run(script("Three."), ["--session", first!.id], { directory })
    expect((await sessions()).map(({ id }) => id)).toEqual([first!.id])
    const answers = (await get(`/session/${first!.id}/message`)).map(({ parts }: { parts: unknown[] }) => parts.at(-2))
    expect(answers.filter(Boolean).map(({ text }: { text: string }) => text)).toEqual(["One.", "Two.", "Three."])
    await run(script("Four."), ["--session", first!.id, "--fork"], inOwn)
    expect(await sessions()).toHaveLength(2)
    expect(await get(`/session/${first!.id}/message`)).toHaveLength(6)
  })

  test("attaches files with their content", async () => {
    const { code } = await run(script("Seen."), ["--file", "notes.txt", "--title", "Files"])
    const session = (await get("/session")).find(({ title }: { title: string }) => title === "Files")
    const [message] = await get(`/session/${session.id}/message`)
    expect(code).toBe(0)
    expect(message.parts.find(({ type }: { type: string }) => type === "file")).toMatchObject({
      filename: "notes.txt",
      mime: "text/plain",
      url: `data:text/plain;base64,${btoa("alpha\n")}`,
    })
  })

  test("runs slash commands with the message as arguments", async () => {
    const template = "Say it. $ARGUMENTS"
    const own = await project({ "opencode.json": JSON.stringify({ command: { say: { template } } }) })
    const { code, stdout } = await run(script("Said."), ["--command", "say"], { directory: own })
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Said.\n" })
  })

  test("takes the agent and the model that it is given, and no other", async () => {
    const planned = await run(script("Planned."), ["--agent", "plan", "--model", "demo/script"])
    expect(planned.stderr).toBe("> plan · demo/script\n")
    const [agent, subagent, model] = await Promise.all([
      run("x", ["--agent", "plam"]),
      run("x", ["--agent", "explore"]),
      run("x", ["--model", "demo/nothing"]),
    ])
    for (const { code, stdout } of [agent, subagent, model]) expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
    expect(agent.stderr).toContain('"plam"; there are: build, plan')
    expect(subagent.stderr).toContain('"explore"')
    expect(model.stderr).toContain("demo/nothing")
  })

  test("uses the server that --attach names, in the server's directory", async () => {
    const attached = await run(script("Attached."), ["--attach", server.url, "--title", "Attached"], {
      home: scratch,
      directory: scratch,
    })
    expect(attached.stdout).toBe("Attached.\n")
    const session = (await get("/session")).find(({ title }: { title: string }) => title === "Attached")
    expect(session.directory).toBe(directory)
  })

  test("does not use a server with other rules than its own", async () => {
    const rules = { OPENCODE_PERMISSION: '{"bash":"deny"}' }
    const { code, stderr } = await run(script("No."), [], { env: rules })
    expect(code).toBe(1)
    expect(stderr).toContain(`--attach ${server.url}`)
  })

  test("works in the directory that --dir names, if there is one", async () => {
    const other = await project()
    const { code } = await run(script("There."), ["--dir", other, "--title", "Elsewhere"])
    expect(code).toBe(0)
    const [session] = await get(`/session?directory=${encodeURIComponent(other)}`)
    expect(session).toMatchObject({ title: "Elsewhere", directory: other })
    const missing = await run("Hello", ["--dir", join(other, "nowhere")])
    expect(missing).toMatchObject({ code: 1, stdout: "" })
    expect(missing.stderr).toContain(`there is none at ${join(other, "nowhere")}`)
  })

  test("prints the link of a shared session", async () => {
    const { code, stderr } = await run(script("Shared."), ["--share"])
    expect(code).toBe(0)
    const [, link = ""] = /Shared: (\S+)/.exec(stderr) ?? []
    expect(await (await fetch(link)).text()).toContain("Shared.")
  })

  test("aborts the run when it is interrupted", async () => {
    const input = script([{ stall: true }])
    const child = startCommand(["run"], { home: server.home, directory, input })
    const decoder = new TextDecoder()
    for await (const bytes of child.stderr) if (decoder.decode(bytes).includes("> build")) break
    child.kill("SIGINT")
    await child.exited
    expect(child.signalCode).toBe("SIGINT")
    expect(await get("/session/status")).toEqual({})
  })
})

test("a server's password is taken from the environment and stored nowhere", async () => {
  const directory = await project()
  const password = "correct horse"
  await using server = await startProgram({ directory, env: { OPENCODE_SERVER_PASSWORD: password } })
  const run = (env: Record<string, string>) =>
    runProgram(["run"], { home: server.home, directory, input: script("Hi."), env })
  const [without, withIt] = await Promise.all([run({}), run({ OPENCODE_SERVER_PASSWORD: password })])
  expect(without.code).toBe(1)
  expect(without.stderr).toContain("OPENCODE_SERVER_PASSWORD")
  expect({ code: withIt.code, stdout: withIt.stdout }).toEqual({ code: 0, stdout: "Hi.\n" })
  const file = Bun.file(join(server.home, ".local", "share", "opencode", "server.address"))
  expect(await file.json()).toEqual({ pid: server.pid, url: server.url, settings: expect.any(String) })
  if (process.platform !== "win32") expect((await file.stat()).mode & 0o777).toBe(0o600)
})

test("a session is not shared by a server that ends with the run", async () => {
  const home = await project()
  const { code, stderr } = await runProgram(["run", "--share"], { home, directory: home, input: "Hello" })
  expect(code).toBe(1)
  expect(stderr).toContain("opencode serve")
  const { stdout } = await runProgram(["session", "list", "--format", "json"], { home, directory: home })
  expect(JSON.parse(stdout)).toEqual([])
})

test("without a server it serves itself, other runs too, until all are done", async () => {
  const directory = await project()
  const home = await project()
  const run = (...steps: unknown[]) => runProgram(["run"], { home, directory, input: script(...steps) })
  const runs = await Promise.all([run("One."), run([{ wait: 300 }, "Two."]), run("Three.")])
  expect(runs.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
    ["One.\n", "Two.\n", "Three.\n"].map((stdout) => ({ code: 0, stdout })),
  )
  expect(existsSync(join(home, ".local", "share", "opencode", "server.address"))).toBe(false)
})

import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdir, mkdtemp, readdir, realpath, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { version } from "../../package.json"
import { bareEnvironment, type Program, startProgram } from "../../scripts/program"

// Only what nothing but the compiled program can show; everything else is tested from source.

let scratch: string
let program: string
beforeAll(async () => {
  scratch = await realpath(await mkdtemp(join(tmpdir(), "binary-test-")))
  const root = resolve(import.meta.dir, "..", "..")
  const build = Bun.spawn([process.execPath, "scripts/build.ts", "--outdir", scratch], { cwd: root, stderr: "pipe" })
  const errors = await build.stderr.text()
  if ((await build.exited) !== 0) throw new Error(errors)
  program = join(scratch, process.platform === "win32" ? "opencode.exe" : "opencode")
}, 120_000)
afterAll(() => rm(scratch, { recursive: true, force: true }))

async function project(name: string, files: Record<string, string>): Promise<string> {
  const directory = join(scratch, name)
  await mkdir(directory)
  for (const [path, text] of Object.entries(files)) await Bun.write(join(directory, path), text)
  return directory
}

interface Message {
  info: { error?: unknown }
  parts: { type: string; text?: string; tool?: string; state?: { status: string; output?: string } }[]
}

/** Plays a script of the demo model in a new session and answers all messages of the session. */
async function play(server: Program, script: unknown[]): Promise<Message[]> {
  const call = async (path: string, body?: object) => {
    const init = body && { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }
    const response = await fetch(server.url + path, init)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  const permission = [{ permission: "*", pattern: "*", action: "allow" }]
  const { id } = (await call("/session", { permission })) as { id: string }
  const model = { providerID: "demo", modelID: "script" }
  const text = `@@script ${JSON.stringify(script)}`
  const answer = (await call(`/session/${id}/message`, { model, parts: [{ type: "text", text }] })) as Message
  expect(answer.info.error).toBeUndefined()
  return (await call(`/session/${id}/message`)) as Message[]
}

describe("the compiled program", () => {
  test("knows its version", async () => {
    const child = Bun.spawn([program, "--version"], { cwd: scratch, env: bareEnvironment(scratch) })
    expect(await child.stdout.text()).toBe(`${version}\n`)
  })

  test("runs a prompt with tools, searches with its own ripgrep and parses shell commands", async () => {
    const directory = await project("plain", { "notes.txt": "a needle in the hay\n" })
    // No ripgrep and nothing else in PATH but a shell.
    await using server = await startProgram({ command: [program], directory, env: { PATH: "/usr/bin:/bin" } })
    const messages = await play(server, [
      { tool: "grep", input: { pattern: "needle" } },
      { tool: "bash", input: { command: "echo from the shell", description: "Say something" } },
      "All done.",
    ])
    const parts = messages.flatMap((message) => message.parts)
    const outputs = parts.flatMap((part) => (part.type === "tool" ? [part.state?.output ?? part.state] : []))
    expect(outputs[0]).toContain("notes.txt")
    expect(outputs[1]).toContain("from the shell")
    expect(parts.filter((part) => part.type === "text").at(-1)?.text).toBe("All done.")
    const unpacked = await readdir(join(server.home, ".cache", "opencode", "bin"))
    expect(unpacked).toEqual([expect.stringMatching(/^[0-9a-f]{16}-rg/)])
  })

  test("runs custom tools in a process of itself, with modules that are not installed; a bunfig.toml is not run", async () => {
    const tool = `import { tool } from "@opencode-ai/plugin"
      import { z } from "zod"
      const who: string = "world"
      export default tool({ description: "Greets", args: { to: z.string().default(who) }, execute: async ({ to }) => "hello " + to })`
    const directory = await project("custom-tools", {
      ".opencode/tool/hello.ts": tool,
      "bunfig.toml": 'preload = ["./hostile.ts"]\n',
      "hostile.ts": 'await Bun.write("ran", "")',
    })
    await using server = await startProgram({ command: [program], directory })
    const parts = (await play(server, [{ tool: "hello" }, "Done."])).flatMap((message) => message.parts)
    expect(parts.find((part) => part.tool === "hello")?.state?.output).toBe("hello world")
    expect((await readdir(directory)).sort()).toEqual([".opencode", "bunfig.toml", "hostile.ts"])
  })

  test("serves its API description and the explorer without any file around it", async () => {
    await using server = await startProgram({ command: [program], directory: scratch })
    const document = (await (await fetch(`${server.url}/doc`)).json()) as { openapi: string; paths: object }
    expect(document.openapi).toStartWith("3.1")
    expect(Object.keys(document.paths)).toContain("/session/{sessionID}/message")
    const page = await fetch(`${server.url}/doc`, { headers: { accept: "text/html" } })
    expect(page.headers.get("content-type")).toStartWith("text/html")
    const assets = [...(await page.text()).matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map((match) => match[1]!)
    expect(assets).not.toEqual([])
    for (const asset of assets) expect((await fetch(new URL(asset, `${server.url}/doc`))).status).toBe(200)
  })

  test("runs nothing and reads nothing of the directory it is started in", async () => {
    const directory = await project("hostile", {
      "bunfig.toml": 'preload = ["./planted.ts"]\n',
      "planted.ts": 'await Bun.write("ran.txt", "ran")\n',
      ".env": "OPENCODE_SERVER_PASSWORD=planted\n",
      "tsconfig.json": '{ "compilerOptions": { "paths": { "ai": ["./planted.ts"] } } }',
    })
    await using server = await startProgram({ command: [program], directory })
    expect((await fetch(`${server.url}/global/health`)).status).toBe(200)
    await play(server, ["Hello."])
    expect(await readdir(directory)).not.toContain("ran.txt")
  })
})

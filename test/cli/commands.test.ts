import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startProgram } from "../../scripts/program"
import { type CommandOptions, runProgram } from "../helper/command"

let home: string
let directory: string
beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), "commands-test-")))
  directory = join(home, "project")
  await mkdir(directory)
})
afterAll(() => rm(home, { recursive: true, force: true }))

const run = (args: string[], options: Partial<CommandOptions> = {}) => runProgram(args, { home, directory, ...options })
const rows = (text: string) =>
  text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(/ {2,}/))
const config = (...path: string[]) => Bun.file(join(home, ".config", "opencode", ...path))
const stored = (name: string) => Bun.file(join(home, ".local", "share", "opencode", name))

describe("credentials", () => {
  test("a key that is piped in is stored, listed without being shown, used, and forgotten", async () => {
    const login = await run(["auth", "login", "--provider", "anthropic"], { input: "sk-secret\n" })
    expect({ code: login.code, stdout: login.stdout }).toEqual({ code: 0, stdout: "" })
    expect(await stored("auth.json").json()).toEqual({ anthropic: { type: "api", key: "sk-secret" } })
    const env = { OPENAI_API_KEY: "sk-other" }
    const [list, models] = await Promise.all([run(["auth", "list"], { env }), run(["models", "anthropic"])])
    expect(rows(list.stdout)).toEqual([
      ["anthropic", "key", "stored"],
      ["openai", "key", "OPENAI_API_KEY"],
    ])
    expect(list.stdout + list.stderr + login.stderr).not.toContain("sk-")
    expect(models.stdout).toMatch(/^anthropic\/claude-/)
    expect((await run(["auth", "logout", "anthropic"])).code).toBe(0)
    expect(await stored("auth.json").json()).toEqual({})
  })

  test.each([
    [["--provider", "anthropic"], "\n", "No key"],
    [["--provider", "anthropic"], "two words\n", "one word"],
    [["--provider", "nobody"], "key\n", '"nobody"'],
    [["--provider", "anthropic", "--method", "magic"], "key\n", '"magic"'],
    [[], "key\n", "no terminal"],
  ])("auth login %j with %j is refused", async (args, input, reason) => {
    const { code, stderr } = await run(["auth", "login", ...args], { input })
    expect(code).toBe(1)
    expect(stderr).toContain(reason)
  })

  test("auth logout tells which there are", async () => {
    const { code, stderr } = await run(["auth", "logout", "anthropic"])
    expect({ code, stderr }).toEqual({ code: 1, stderr: "Error: There are no stored credentials\n" })
  })
})

describe("models", () => {
  test("are one a line, with --verbose their facts", async () => {
    const [plain, verbose] = await Promise.all([run(["models"]), run(["models", "demo", "--verbose"])])
    expect(plain).toEqual({ code: 0, stdout: "demo/script\n", stderr: "" })
    const [name, ...facts] = verbose.stdout.split("\n")
    expect(name).toBe("demo/script")
    expect(JSON.parse(facts.join("\n"))).toMatchObject({ id: "script", providerID: "demo" })
  })

  test("--refresh fetches the catalogue, and says when that fails", async () => {
    const provider = {
      id: "acme",
      name: "Acme",
      env: ["ACME_KEY"],
      npm: "@ai-sdk/openai-compatible",
      api: "http://a.b",
    }
    const model = { id: "m1", name: "M1", limit: { context: 1000, output: 100 } }
    const catalogue = { acme: { ...provider, models: { m1: model } } }
    using vendor = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.json(catalogue) })
    const at = (url: string) => ({ env: { OPENCODE_MODELS_URL: url, ACME_KEY: "k" } })
    const failed = await run(["models", "--refresh"], at("http://127.0.0.1:1"))
    expect(failed.code).toBe(1)
    expect(failed.stderr).toContain("catalogue cannot be fetched")
    const fetched = await run(["models", "acme", "--refresh"], at(vendor.url.origin))
    expect({ code: fetched.code, stdout: fetched.stdout }).toEqual({ code: 0, stdout: "acme/m1\n" })
  })

  test("of a provider that is not connected are an error", async () => {
    const { code, stderr } = await run(["models", "nobody"])
    expect(code).toBe(1)
    expect(stderr).toContain('"nobody"')
  })
})

describe("agents and MCP servers", () => {
  test("agent list shows built-in and configured agents", async () => {
    await Bun.write(config("agent", "tester.md"), "---\ndescription: Tests things\nmode: subagent\n---\nTest.\n")
    const [table, json] = await Promise.all([run(["agent", "list"]), run(["agent", "list", "--format", "json"])])
    expect(rows(table.stdout)).toContainEqual(["tester", "subagent", expect.stringContaining("Tests things")])
    expect(JSON.parse(json.stdout)).toContainEqual(expect.objectContaining({ name: "build", mode: "primary" }))
    await config("agent", "tester.md").delete()
  })

  test("mcp add writes the configuration, mcp list tells how it stands with each", async () => {
    expect((await run(["mcp", "list"])).stderr).toContain("No MCP servers")
    await run(["mcp", "add", "broken", "--env", "A=b=c", "--", "false", "--flag"])
    // Of the one that it replaces nothing is left.
    await run(["mcp", "add", "far", "--env", "A=b", "--", "program"])
    await run(["mcp", "add", "far", "--url", "http://127.0.0.1:1/mcp", "--header", "X-Key=1"])
    expect((await config("opencode.jsonc").json()).mcp).toEqual({
      broken: { type: "local", command: ["false", "--flag"], environment: { A: "b=c" } },
      far: { type: "remote", url: "http://127.0.0.1:1/mcp", headers: { "X-Key": "1" } },
    })
    const { code, stdout } = await run(["mcp", "list"])
    expect(code).toBe(0)
    expect(rows(stdout)).toEqual([
      ["broken", expect.stringContaining("failed"), "false --flag"],
      ["far", expect.stringContaining("failed"), "http://127.0.0.1:1/mcp"],
    ])
    await config("opencode.jsonc").delete()
  })

  test.each([
    [["mcp", "add", "x"], "either remote"],
    [["mcp", "add", "x", "--url", "http://a", "--", "program"], "either remote"],
    [["mcp", "add", "x", "--url", "file:///etc"], "http(s)"],
    [["mcp", "add", "x", "--header", "A=b", "--", "program"], "remote servers"],
    [["mcp", "add", "x", "--env", "novalue", "--", "program"], "NAME=VALUE"],
    [["mcp", "auth", "nobody"], "nobody"],
    [["mcp", "logout", "nobody"], "nobody"],
  ])("%j is refused", async (args, reason) => {
    const { code, stderr } = await run(args)
    expect(code).toBe(1)
    expect(stderr).toContain(reason)
  })
})

describe("sessions", () => {
  const answer = async (text: string, title: string) => {
    const input = `@@script ${JSON.stringify([{ tool: "glob", input: { pattern: "*" } }, text])}`
    expect(await run(["run", "--title", title], { input })).toMatchObject({ code: 0, stdout: `${text}\n` })
  }
  const list = async () => JSON.parse((await run(["session", "list", "--format", "json"])).stdout)

  test("are listed and summed up, without a server", async () => {
    await answer("One.", "First title")
    await answer("Two.", "Second \u001b[31mtitle")
    const sessions = await list()
    expect(sessions).toEqual([
      expect.objectContaining({ title: "Second \u001b[31mtitle", directory, projectId: "global" }),
      expect.objectContaining({ title: "First title", created: expect.any(Number), updated: expect.any(Number) }),
    ])
    const table = (await run(["session", "list", "--max-count", "1"])).stdout
    expect(rows(table)).toEqual([
      [sessions[0].id, expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d$/), "Second title"],
    ])

    const stats = (await run(["stats", "--models", "--days", "1", "--project", ""])).stdout
    expect(stats).toMatch(/^Sessions +2$/m)
    expect(stats).toMatch(/^Messages +6$/m)
    expect(stats).toMatch(/^demo\/script +4 /m)
    expect(stats).toMatch(/^glob +2$/m)
    expect((await run(["stats", "--days", "0"])).stdout).toMatch(/^Sessions +2$/m)
    expect((await run(["stats", "--project", "nobody"])).stdout).toMatch(/^Sessions +0$/m)
  }, 20_000)

  test("are exported, deleted and imported again", async () => {
    await answer("One.", "To go")
    await answer("Two.", "To stay")
    const [stays, { id }] = await list()
    const { stdout: text } = await run(["export", id])
    const exported = JSON.parse(text)
    expect(exported.info).toMatchObject({ id, title: "To go" })
    expect(exported.messages).toHaveLength(3)
    expect(JSON.parse((await run(["export"])).stdout).info.id).toBe(stays.id)

    expect((await run(["session", "delete", id])).code).toBe(0)
    expect((await run(["session", "delete", id])).stderr).toContain(`Session not found: ${id}`)
    expect((await list()).map((each: { id: string }) => each.id)).not.toContain(id)

    const file = join(home, "session.json")
    await Bun.write(file, text)
    expect(await run(["import", file])).toEqual({ code: 0, stdout: `${id}\n`, stderr: "" })
    expect(JSON.parse((await run(["export", id])).stdout)).toEqual(exported)
    expect(await run(["import", file])).toEqual({
      code: 1,
      stdout: "",
      stderr: `Error: There is a session ${id} already: To go\nTo replace it: --replace\n`,
    })
    expect((await run(["import", file, "--replace"])).code).toBe(0)
  }, 20_000)

  test("export --sanitize keeps what can be imported and nothing of what was said", async () => {
    await answer("A private answer.", "A private title")
    const { stdout } = await run(["export", "--sanitize"])
    for (const word of ["private", directory, "@@script", "*"]) expect(stdout).not.toContain(word)
    const exported = JSON.parse(stdout)
    expect(exported.messages.map(({ info }: { info: { role: string } }) => info.role)).toEqual([
      "user",
      "assistant",
      "assistant",
    ])
    const file = join(home, "sanitized.json")
    await Bun.write(file, stdout)
    expect((await run(["import", file, "--replace"])).code).toBe(0)
  })

  test("are those of the running server while there is one", async () => {
    await using server = await startProgram({ directory })
    const here = { home: server.home }
    const { id } = (await (await fetch(`${server.url}/session`, { method: "POST" })).json()) as { id: string }
    const [listed, exported] = await Promise.all([
      run(["session", "list", "--format", "json"], here),
      run(["export", "--attach", server.url, id], { home }),
    ])
    expect(JSON.parse(listed.stdout)).toEqual([expect.objectContaining({ id })])
    expect(JSON.parse(exported.stdout).info.id).toBe(id)
    const refused = await run(["import", import.meta.path], here)
    expect(refused.stderr).toContain(`in use by process ${server.pid}`)
    expect((await run(["session", "delete", id], here)).code).toBe(0)
    expect((await fetch(`${server.url}/session/${id}`)).status).toBe(404)
  })

  test.each([
    [["import", "/nowhere.json"], "File not found"],
    [["import", import.meta.path], "neither JSON nor a database"],
    [["import", import.meta.path, "--session", "ses_1"], "for databases"],
    [["export", "ses_unknown"], "Session not found"],
    [["stats", "--days", "many"], "--days"],
  ])("%j is refused", async (args, reason) => {
    const { code, stderr } = await run(args)
    expect(code).toBe(1)
    expect(stderr).toContain(reason)
  })
})

test("web serves, and says that it has no web interface", async () => {
  await using server = await startProgram({ directory, subcommand: "web" })
  expect(await server.stderrWith(/doc\n/)).toContain(`no web interface in this program`)
  expect((await fetch(`${server.url}/global/health`)).status).toBe(200)
})

describe("completions", () => {
  test.skipIf(!Bun.which("bash"))("bash completes commands, subcommands and flags", async () => {
    const { stdout: script } = await run(["completion", "bash"])
    const complete = async (...words: string[]) => {
      const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _opencode; echo "\${COMPREPLY[@]}"`
      return (await Bun.$`bash --norc -c ${`${script}\n${line}`}`.text()).trim().split(" ")
    }
    expect(await complete("opencode", "se")).toEqual(["serve", "session"])
    expect(await complete("opencode", "session", "")).toEqual(["list", "delete"])
    expect(await complete("opencode", "session", "list", "--max")).toEqual(["--max-count"])
    expect(await complete("opencode", "serve", "--mdns")).toEqual(["--mdns", "--mdns-domain"])
  })

  test("every shell gets a script with all commands; without a name it is that of the user", async () => {
    const scripts = await Promise.all(["zsh", "fish", "powershell"].map((shell) => run(["completion", shell])))
    for (const { code, stdout } of scripts) {
      expect(code).toBe(0)
      for (const word of ["serve", "session", "--max-count"]) expect(stdout).toContain(word)
    }
    const own = await run(["completion"], { env: { SHELL: "/usr/bin/fish" } })
    expect(own.stdout).toBe(scripts[1]!.stdout)
  })
})

import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdir, mkdtemp, readdir, realpath, rm } from "node:fs/promises"
import { networkInterfaces, tmpdir } from "node:os"
import { join } from "node:path"
import { Bonjour, type Service } from "bonjour-service"
import { version } from "../../package.json"
import { type ProgramOptions, startProgram } from "../../scripts/program"
import { isAlive } from "../helper/alive"

let directory: string
beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), "serve-test-")))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const start = (options: Partial<ProgramOptions> = {}) => startProgram({ directory, ...options })

/** A file of the global configuration. */
const configured = (config: object | string) => async (home: string) => {
  const text = typeof config === "string" ? config : JSON.stringify(config)
  await Bun.write(join(home, ".config", "opencode", "opencode.json"), text)
}

/** A port that nobody has right now. */
function freePort() {
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() })
  const { port = 0 } = probe
  probe.stop(true)
  return port
}

const health = async (url: string, init?: RequestInit) => (await fetch(`${url}/global/health`, init)).json()

describe("opencode serve", () => {
  test("says where it listens on standard output, warns on standard error, and answers", async () => {
    const port = freePort()
    await using server = await start({ args: [`--port=${port}`] })
    expect(server.stdout()).toBe(`opencode server listening on http://127.0.0.1:${port}\n`)
    expect(await health(server.url)).toEqual({ healthy: true, version })
    expect(await server.stderrWith(/\n/)).toBe("Warning: OPENCODE_SERVER_PASSWORD is not set; server is unsecured.\n")
  })

  test("works in the directory it was started in", async () => {
    await using server = await start()
    expect(await (await fetch(`${server.url}/path`)).json()).toMatchObject({ directory, home: server.home })
  })

  test("finds ports for two servers when none is asked for", async () => {
    await using one = await start()
    await using other = await start()
    expect(one.url).not.toBe(other.url)
    expect([await health(one.url), await health(other.url)]).toEqual([
      { healthy: true, version },
      { healthy: true, version },
    ])
  })

  test("refuses a port that is taken", async () => {
    await using first = await start()
    const port = new URL(first.url).port
    const second = start({ args: ["--port", port] })
    await expect(second).rejects.toThrow(`Error: Cannot listen on 127.0.0.1:${port}: the port is in use`)
  })

  test("refuses an empty host name, which would be every address of the machine", async () => {
    await expect(start({ args: ["--hostname", ""] })).rejects.toThrow("Error: The host name to listen on is empty")
    const prepare = configured({ server: { hostname: " " } })
    await expect(start({ prepare })).rejects.toThrow("Error: The host name to listen on is empty")
  })

  test("refuses a database that another server has, and names it", async () => {
    await using first = await start()
    const second = start({ env: { XDG_DATA_HOME: join(first.home, ".local", "share") } })
    await expect(second).rejects.toThrow(`process ${first.pid}`)
  })

  test("takes what the flags leave open from the configuration", async () => {
    const port = freePort()
    const prepare = configured({ server: { port, hostname: "localhost", cors: ["https://app.example"] } })
    await using server = await start({ prepare, args: ["--cors", "https://other.example"] })
    expect(server.url).toBe(`http://localhost:${port}`)
    for (const origin of ["https://app.example", "https://other.example"]) {
      const response = await fetch(`${server.url}/global/health`, { headers: { origin } })
      expect(response.headers.get("access-control-allow-origin")).toBe(origin)
    }
    const [other, origin] = [freePort(), "https://third.example"]
    await using flagged = await start({ prepare, args: ["--port", `${other}`, "--hostname=127.0.0.1"] })
    expect(flagged.url).toBe(`http://127.0.0.1:${other}`)
    const response = await fetch(`${flagged.url}/global/health`, { headers: { origin } })
    expect(response.headers.get("access-control-allow-origin")).toBeNull()
  })

  test("does not start with a broken configuration, and names the file", async () => {
    const starting = start({ prepare: configured("{ not json") })
    await expect(starting).rejects.toThrow(join("opencode", "opencode.json"))
  })

  test("asks for the password when there is one, and does not warn then", async () => {
    const env = { OPENCODE_SERVER_PASSWORD: "s3cret", OPENCODE_SERVER_USERNAME: "ann" }
    await using server = await start({ env })
    expect((await fetch(`${server.url}/global/health`)).status).toBe(401)
    const authorization = `Basic ${btoa("ann:s3cret")}`
    expect(await health(server.url, { headers: { authorization } })).toEqual({ healthy: true, version })
    expect(server.stderr()).toBe("")
  })

  test("warns twice when others can reach it without a password", async () => {
    await using server = await start({ args: ["--hostname", "0.0.0.0"] })
    expect(server.stdout()).toStartWith("opencode server listening on http://0.0.0.0:")
    expect(await server.stderrWith(/\n.*\n/)).toContain("who reaches 0.0.0.0 can run commands")
  })

  test("skips mDNS where nobody else could reach it, and says so", async () => {
    await using server = await start({ args: ["--mdns", "--hostname", "127.0.0.1"] })
    expect(await server.stderrWith(/mDNS.*\n/)).toContain("mDNS is skipped")
  })

  const connected = Object.values(networkInterfaces()).some((each) => each?.some((address) => !address.internal))
  test.skipIf(!connected)("announces itself by mDNS under the name that clients look for", async () => {
    await using server = await start({ args: ["--mdns", "--mdns-domain=my.local", "--print-logs"] })
    const { port } = new URL(server.url)
    expect(server.url).toBe(`http://0.0.0.0:${port}`)
    const found = Promise.withResolvers<Service>()
    const network = new Bonjour({}, found.reject)
    network.find({ type: "http" }, (service) => service.name === `opencode-${port}` && found.resolve(service))
    expect(await found.promise).toMatchObject({ port: Number(port), host: "my.local", txt: { path: "/" } })
    network.destroy()
  })

  test("logs to a file as JSON lines, at the level that is asked for", async () => {
    await using server = await start({
      args: ["--log-level=DEBUG", "--print-logs"],
      env: { OPENCODE_LOG_LEVEL: "ERROR" },
    })
    const logs = join(server.home, ".local", "share", "opencode", "log")
    const [name] = await readdir(logs)
    const lines = (await Bun.file(join(logs, name!)).text()).trim().split("\n")
    const entries = lines.map((line) => JSON.parse(line))
    expect(entries).toContainEqual(expect.objectContaining({ level: "INFO", message: "The server listens" }))
    const printed = await server.stderrWith(/The server listens.*\n/)
    for (const line of lines) expect(printed).toContain(line)
  })

  test("takes the log level from the configuration when no flag says otherwise", async () => {
    await using server = await start({ prepare: configured({ logLevel: "ERROR" }), args: ["--print-logs"] })
    expect(await server.stderrWith(/Warning/)).not.toContain("The server listens")
  })

  test("does not read the .env of the directory", async () => {
    const hostile = join(directory, "hostile")
    await mkdir(hostile)
    await Bun.write(join(hostile, ".env"), "OPENCODE_SERVER_PASSWORD=planted\n")
    await using server = await start({ directory: hostile })
    expect(await health(server.url)).toEqual({ healthy: true, version })
  })
})

describe("the end", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "%s ends it by that signal, breaks the event streams and frees the database",
    async (signal) => {
      const data = await mkdtemp(join(directory, "data-"))
      const env = { XDG_DATA_HOME: data }
      const first = await start({ env })
      const streams = await Promise.all(["/event", "/global/event"].map((path) => fetch(first.url + path)))
      // A stream that ends as if all were told is not opened again by the clients.
      const ends = Promise.all(
        streams.map((stream) =>
          stream.text().then(
            () => "finished",
            () => "broken",
          ),
        ),
      )
      expect(await first.stop(signal)).toBe(signal)
      expect(await ends).toEqual(["broken", "broken"])
      await using second = await start({ env })
      expect(await health(second.url)).toEqual({ healthy: true, version })
    },
  )

  test("aborts what runs, ends the children and keeps what has happened", async () => {
    const env = { XDG_DATA_HOME: await mkdtemp(join(directory, "data-")) }
    const first = await start({ env })
    const session = await post(first.url, "/session", {
      permission: [{ permission: "*", pattern: "*", action: "allow" }],
    })
    const events = await fetch(`${first.url}/event`)
    const command = 'echo "shell $$"; sleep 300'
    const script = [{ tool: "bash", input: { command, description: "Wait" } }, "Never said."]
    const prompt = {
      model: { providerID: "demo", modelID: "script" },
      parts: [{ type: "text", text: `@@script ${JSON.stringify(script)}` }],
    }
    const answer = post(first.url, `/session/${session.id}/message`, prompt)
    const pid = Number(await heard(events, /"output":"shell (\d+)/))
    expect(isAlive(pid)).toBe(true)

    expect(await first.stop("SIGTERM")).toBe("SIGTERM")
    expect(isAlive(pid)).toBe(false)
    expect((await answer).info).toMatchObject({ error: { name: "MessageAbortedError" } })

    await using second = await start({ env })
    const messages = await fetch(`${second.url}/session/${session.id}/message`)
    const [, stored] = (await messages.json()) as { info: object; parts: { type: string; state?: object }[] }[]
    expect(stored?.info).toMatchObject({ error: { name: "MessageAbortedError" } })
    const output = expect.stringContaining(`shell ${pid}`)
    expect(stored?.parts).toContainEqual(expect.objectContaining({ state: expect.objectContaining({ output }) }))
    expect(await (await fetch(`${second.url}/session/status`)).json()).toEqual({})
  })
})

async function post(url: string, path: string, body: object): Promise<{ id: string; info: object }> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
  return (await (await fetch(url + path, init)).json()) as { id: string; info: object }
}

/** What the group of the pattern matches in a stream, as soon as it is there. */
async function heard(response: Response, pattern: RegExp): Promise<string | undefined> {
  let text = ""
  for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += chunk
    const [, found] = text.match(pattern) ?? []
    if (found) return found
  }
  return undefined
}

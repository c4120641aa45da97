import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdtemp, realpath, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { bareEnvironment, fromSource } from "../../scripts/program"
import { startStandIn } from "../helper/stand-in"

let home: string
beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), "terminal-test-")))
})
afterAll(() => rm(home, { recursive: true, force: true }))

/** Runs the program in a terminal; types each answer once its question is on the screen. */
async function converse(
  args: string[],
  answers: [question: string, typed: string][],
  env: Record<string, string> = {},
) {
  let screen = ""
  let read = 0
  const open = [...answers]
  const child = Bun.spawn([...fromSource, ...args], {
    cwd: home,
    env: { ...bareEnvironment(home), OPENCODE_DISABLE_MODELS_FETCH: "1", TERM: "xterm", ...env },
    terminal: {
      cols: 200,
      rows: 50,
      data(terminal, bytes) {
        screen += Buffer.from(bytes).toString()
        for (let next = open[0]; next; next = open[0]) {
          const at = screen.indexOf(next[0], read)
          if (at < 0) return
          open.shift()
          read = at + next[0].length
          terminal.write(next[1])
        }
      },
    },
  })
  return { code: await child.exited, screen }
}

describe.skipIf(process.platform === "win32")("in a terminal", () => {
  test("a key is asked for and not shown", async () => {
    const { code, screen } = await converse(
      ["auth", "login"],
      [
        ["Provider", "openai\r"],
        ["How?", "Manually\r"],
        ["How?", "3\r"],
        ["not shown", "sk-wromg\x7f\x7fng\r"],
      ],
    )
    expect(code).toBe(0)
    expect(screen).not.toContain("sk-")
    const auth = await Bun.file(join(home, ".local", "share", "opencode", "auth.json")).json()
    expect(auth).toEqual({ openai: { type: "api", key: "sk-wrong" } })
  })

  test.each([
    ["no", 1, {}],
    ["y", 0, { type: "wellknown", key: "ACME_TOKEN", token: "wk-token" }],
  ])("an organization's command is run only after it was shown and confirmed: %s", async (typed, code, entry) => {
    await using place = startStandIn()
    const command = [process.execPath, "-e", 'process.stdout.write("wk-token")']
    place.answer("/.well-known/opencode", { auth: { command, env: "ACME_TOKEN" } })
    const told = await converse(["auth", "login", place.url], [["Run it?", `${typed}\r`]])
    expect(told.code).toBe(code)
    expect(told.screen).toContain("process.stdout.write")
    const auth = await Bun.file(join(home, ".local", "share", "opencode", "auth.json"))
      .json()
      .catch(() => ({}))
    expect(auth[place.url] ?? {}).toEqual(entry)
  })

  test("Ctrl-C at the question for a key stores nothing", async () => {
    const { code, screen } = await converse(["auth", "login", "-p", "anthropic"], [["not shown", "\x03"]])
    expect(code).toBe(1)
    expect(screen).toContain("Nothing was stored")
  })

  test("there are colours, unless they are not wanted", async () => {
    const [coloured, plain] = await Promise.all([
      converse(["agent", "list"], []),
      converse(["agent", "list"], [], { NO_COLOR: "1" }),
    ])
    expect(coloured.screen).toContain("\x1b[1mAgent")
    expect(plain.screen).not.toContain("\x1b")
  })
})

import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { runProgram } from "../helper/command"
import { RENEWED, startConsole } from "../helper/console"
import { refuse, type StandIn, startStandIn } from "../helper/stand-in"

let home: string
let directory: string
let console: StandIn
beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), "console-test-")))
  directory = join(home, "project")
  await mkdir(directory)
  console = startConsole()
})
afterEach(async () => {
  await console[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})

// Without PATH there is no browser to open.
const run = (...args: string[]) => runProgram(args, { home, directory, env: { PATH: "" } })
const stored = (name: string) => Bun.file(join(home, ".local", "share", "opencode", name))

describe("opencode console", () => {
  test("logs in, lists, switches, opens and logs out", async () => {
    const login = await run("console", "login", `${console.url}/`)
    expect(login).toMatchObject({ code: 0, stdout: "" })
    expect(login.stderr).toContain(`Confirm the code ABCD-EFGH at ${console.url}/device?code=ABCD-EFGH\n`)
    expect(login.stderr).toContain("Logged in as me@example.com.\nThe configuration of First counts from now on")
    expect((await run("console", "switch", "Second")).stderr).toStartWith("Second is active now")

    const list = await run("console", "orgs")
    expect(list.stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["", "Organization", "Id", "Account", "Console"],
      ["", "First", "org_1", "me@example.com", console.url],
      ["*", "Second", "org_2", "me@example.com", console.url],
      [""],
    ])
    expect(await run("console", "open")).toEqual({ code: 0, stdout: `${console.url}\n`, stderr: "" })
    const logout = await run("console", "logout", "me@example.com")
    expect(logout).toEqual({ code: 0, stdout: "", stderr: `Logged out me@example.com at ${console.url}.\n` })
    expect(await stored("accounts.json").json()).toEqual({ accounts: [] })
    expect(JSON.stringify([login, list])).not.toContain(RENEWED)
  })

  test("makes an organization of another account active when the active one is logged out", async () => {
    await run("console", "login", console.url)
    console.answer("/api/user", { id: "acc_2", email: "you@example.com" })
    await run("console", "login", console.url)
    expect((await run("console", "logout", "you@example.com")).code).toBe(0)
    expect(await stored("accounts.json").json()).toMatchObject({
      accounts: [{ id: "acc_1" }],
      active: { accountID: "acc_1", orgID: "org_1", orgName: "First" },
    })
  })

  test("says that the login was denied", async () => {
    console.answer("/auth/device/token", refuse(400, "access_denied"))
    const { code, stderr } = await run("console", "login", console.url)
    expect({ code, end: stderr.split("\n").at(-2) }).toEqual({ code: 1, end: "Error: The login was denied" })
    expect(await stored("accounts.json").exists()).toBe(false)
  })

  test.each([
    [["logout"], "Nobody is logged in to a console"],
    [["open"], "Nobody is logged in to a console"],
    [["switch"], "There are no organizations. To log in: opencode console login"],
  ])("%j without an account says so", async (args, message) => {
    expect(await run("console", ...args)).toEqual({ code: 1, stdout: "", stderr: `Error: ${message}\n` })
  })
})

describe("opencode auth login URL", () => {
  /** A command that prints a token, and shows its environment and that no shell sees it. */
  const script = `process.stderr.write("Look here\\n");process.stdout.write("wk-" + process.argv[1] + "\\n")`

  test("stores what the organization's command prints", async () => {
    await using place = startStandIn()
    const command = [process.execPath, "-e", script, "$HOME;true"]
    place.answer("/.well-known/opencode", { auth: { command, env: "ACME_TOKEN" }, config: { model: "acme/m" } })
    const { code, stdout, stderr } = await run("auth", "login", `${place.url}/`)
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" })
    expect(stderr.split("\n")).toEqual([
      `${place.url} gives a token with the command ${command.map((word) => JSON.stringify(word)).join(" ")}`,
      "Look here",
      `The login to ${place.url} is stored.`,
      "",
    ])
    expect(await stored("auth.json").json()).toEqual({
      [place.url]: { type: "wellknown", key: "ACME_TOKEN", token: "wk-$HOME;true" },
    })
    const list = await run("auth", "list")
    expect(list.stdout).toContain(`${place.url}  well-known  stored`)
    expect((await run("auth", "logout", place.url)).code).toBe(0)
    expect(await stored("auth.json").json()).toEqual({})
  })

  test.each([
    ["fails", { auth: { command: [process.execPath, "-e", "process.exit(3)"], env: "T" } }, "ended with code 3"],
    ["prints nothing", { auth: { command: [process.execPath, "-e", "0"], env: "T" } }, "printed no token"],
    ["is none", { auth: { command: ["/no/such/program"], env: "T" } }, "/no/such/program"],
    ["is not named", { config: {} }, "does not tell how to log in"],
  ])("stores nothing where the command %s", async (_, document, reason) => {
    await using place = startStandIn()
    place.answer("/.well-known/opencode", document)
    const { code, stderr } = await run("auth", "login", place.url)
    expect(code).toBe(1)
    expect(stderr).toContain(reason)
    expect(await stored("auth.json").exists()).toBe(false)
  })

  test.each(["ftp://acme.example", "acme", "https://me:secret@acme.example"])("refuses %s", async (address) => {
    const { code, stderr } = await run("auth", "login", address)
    expect({ code, refused: stderr.startsWith("Error: An address begins with https://") }).toEqual({
      code: 1,
      refused: true,
    })
  })
})

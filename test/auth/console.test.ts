import { describe, expect, test } from "bun:test"
import { stat } from "node:fs/promises"
import { join } from "node:path"
import { startConsoleLogin } from "../../src/auth/console/login"
import { consoleToken } from "../../src/auth/console/token"
import { ACCESS, grant, REFRESH, RENEWED, startConsole, storeAccounts, storedAccounts } from "../helper/console"
import { testProject } from "../helper/project"
import { refuse } from "../helper/stand-in"

const NOW = 1_800_000_000_000
const HOUR = 3_600_000

async function setup() {
  const it = await testProject({ git: false, now: () => NOW })
  const console = startConsole()
  const abort = new AbortController()
  return {
    app: it.app,
    console,
    abort,
    lines: it.lines,
    login: (address = `${console.url}/`) => startConsoleLogin(it.app, address, { signal: abort.signal, leastPause: 1 }),
    async [Symbol.asyncDispose]() {
      abort.abort()
      await it[Symbol.asyncDispose]()
      await console[Symbol.asyncDispose]()
    },
  }
}

describe("the login to a console", () => {
  test("waits for the user, then stores the account and makes its first organization active", async () => {
    await using it = await setup()
    const tokens = grant(ACCESS, REFRESH)
    it.console.answer(
      "/auth/device/token",
      refuse(400, "authorization_pending"),
      refuse(400, "slow_down", { interval: 0 }),
      tokens,
    )
    const { url, code, result } = await it.login()
    expect({ url, code }).toEqual({ url: `${it.console.url}/device?code=ABCD-EFGH`, code: "ABCD-EFGH" })
    expect(await result).toEqual({ email: "me@example.com", organization: { id: "org_1", name: "First" } })
    expect(await storedAccounts(it.app)).toEqual({
      accounts: [
        {
          id: "acc_1",
          email: "me@example.com",
          url: it.console.url,
          access: ACCESS,
          refresh: REFRESH,
          expires: NOW + HOUR,
        },
      ],
      active: { accountID: "acc_1", orgID: "org_1", orgName: "First" },
    })
    expect((await stat(join(it.app.paths.data, "accounts.json"))).mode & 0o777).toBe(0o600)
    expect(it.console.to("/auth/device/code").map(({ body }) => body)).toEqual([{ client_id: "opencode-cli" }])
    expect(it.console.to("/auth/device/token").map(({ body }) => body)).toEqual(
      Array(3).fill({
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: "device-secret",
        client_id: "opencode-cli",
      }),
    )
    expect(it.console.to("/api/user")[0]?.headers.get("authorization")).toBe(`Bearer ${ACCESS}`)
  })

  test.each([
    ["access_denied", "The login was denied"],
    ["expired_token", "The code has expired"],
    ["invalid_client", "The console ended the login: invalid_client: why"],
  ])("ends with %s", async (error, message) => {
    await using it = await setup()
    it.console.answer("/auth/device/token", refuse(400, error, { error_description: "why" }))
    const { result } = await it.login()
    await expect(result).rejects.toThrow(message)
    expect(await Bun.file(join(it.app.paths.data, "accounts.json")).exists()).toBe(false)
  })

  test("ends when the code's time is over", async () => {
    await using it = await setup()
    const code = { device_code: "d", user_code: "u", verification_uri_complete: "/", expires_in: 0.02, interval: 0 }
    it.console.answer("/auth/device/code", code)
    it.console.answer("/auth/device/token", refuse(400, "authorization_pending"))
    await expect((await it.login()).result).rejects.toThrow("The code has expired")
  })

  test("ends with its signal", async () => {
    await using it = await setup()
    it.console.answer("/auth/device/token", refuse(400, "authorization_pending"))
    const { result } = await it.login()
    it.abort.abort(new Error("enough"))
    await expect(result).rejects.toThrow("enough")
  })

  test.each(["ftp://example.com", "example", "https://me:secret@example.com"])("refuses %s", async (address) => {
    await using it = await setup()
    await expect(it.login(address)).rejects.toThrow("begins with https://")
  })

  test("shows no page but of the web", async () => {
    await using it = await setup()
    it.console.answer("/auth/device/code", {
      device_code: "d",
      user_code: "u",
      verification_uri_complete: "javascript:alert(1)",
      expires_in: 600,
      interval: 0,
    })
    await expect(it.login()).rejects.toThrow("names no web page")
  })
})

describe("the token of an account", () => {
  test("is renewed before it expires, once however many ask", async () => {
    await using it = await setup()
    await storeAccounts(it.app, { url: it.console.url, expires: NOW + 299_000 })
    const tokens = await Promise.all([1, 2, 3].map(() => consoleToken(it.app, "acc_1")))
    expect(tokens).toEqual([RENEWED, RENEWED, RENEWED])
    expect(it.console.requests.map(({ path, body }) => ({ path, body }))).toEqual([
      {
        path: "/auth/device/token",
        body: { grant_type: "refresh_token", refresh_token: REFRESH, client_id: "opencode-cli" },
      },
    ])
    expect((await storedAccounts(it.app)).accounts).toMatchObject([
      { access: RENEWED, refresh: "st-refresh-2", expires: NOW + HOUR },
    ])
  })

  test("is the stored one while it is valid", async () => {
    await using it = await setup()
    await storeAccounts(it.app, { url: it.console.url, expires: NOW + 301_000 })
    expect(await consoleToken(it.app, "acc_1")).toBe(ACCESS)
    expect(it.console.requests).toEqual([])
  })

  test("is told to be over when the console refuses, without the secrets", async () => {
    await using it = await setup()
    await storeAccounts(it.app, { url: it.console.url, expires: 0 })
    it.console.answer("/auth/device/token", refuse(400, "invalid_grant", { refresh_token: REFRESH }))
    const error = await consoleToken(it.app, "acc_1").catch((thrown) => thrown)
    expect({ ...error, message: error.message }).toMatchObject({
      refused: true,
      message: "The console login of me@example.com does not hold any more (invalid_grant). Sign in again.",
    })
    expect(it.lines.join()).not.toContain("st-")
  })

  test("that another program has renewed is taken", async () => {
    await using it = await setup()
    await storeAccounts(it.app, { url: it.console.url, expires: 0 })
    it.console.answer("/auth/device/token", async () => {
      await storeAccounts(it.app, { url: it.console.url, access: "st-other" })
      return refuse(400, "invalid_grant")()
    })
    expect(await consoleToken(it.app, "acc_1")).toBe("st-other")
  })
})

import { describe, expect, test } from "bun:test"
import { chmod, mkdir, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { calls } from "../helper/calls"
import { startAuthorizationServer, wantsLogin } from "../helper/mcp/authorization-server"
import { type RemoteServer, startHttpServer } from "../helper/mcp/remote-server"
import { type TestServer, type TestServerOptions, testServer } from "../helper/server"

/** An MCP server that wants a login, the authorization server that it names, and a server that is configured with it. */
async function start(
  options: {
    authorization?: Parameters<typeof startAuthorizationServer>[0]
    oauth?: object
    headers?: Record<string, string>
    env?: TestServerOptions["env"]
  } = {},
) {
  const authorization = startAuthorizationServer(options.authorization)
  const server = startHttpServer(wantsLogin(authorization))
  const { oauth, headers } = options
  const demo = { type: "remote", url: server.url, ...(oauth && { oauth }), ...(headers && { headers }) }
  const it = await testServer({ config: { mcp: { demo } }, ...(options.env && { env: options.env }) })
  return {
    it,
    server,
    authorization,
    status: async () => (await it.call("GET", "/mcp")).body.demo,
    stored: async () => JSON.parse(await Bun.file(authFile(it)).text()),
    async [Symbol.asyncDispose]() {
      await it[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
      await authorization[Symbol.asyncDispose]()
    },
  }
}

const authFile = (it: TestServer) => join(it.app.paths.data, "mcp-auth.json")
const posted = (requests: { path: string; body: Record<string, string> }[], path: string) =>
  requests.filter((request) => request.path === path).map(({ body }) => body)
const bearers = ({ requests }: RemoteServer) => requests.map(({ headers }) => headers.get("authorization"))
const echo = { tool: "demo_echo", input: { text: "hi" } }

describe("a login", () => {
  test("is needed, begun, finished by the browser that comes back, stored, and good from then on", async () => {
    await using all = await start()
    const { it, authorization } = all
    expect(await all.status()).toEqual({ status: "needs_auth" })
    expect(await calls(it, echo)).toMatchObject([{ tool: "invalid" }])

    const { status, body } = await it.call("POST", "/mcp/demo/auth")
    expect(status).toBe(200)
    const page = new URL(body.authorizationUrl)
    expect(page.origin + page.pathname).toBe(`${authorization.origin}/authorize`)
    expect(Object.fromEntries(page.searchParams)).toMatchObject({
      response_type: "code",
      state: body.oauthState,
      code_challenge_method: "S256",
      resource: all.server.url,
    })
    const back = await authorization.logIn(page.href)
    expect(back.pathname).toBe("/mcp/oauth/callback")
    const shown = await fetch(back)
    expect(shown.status).toBe(200)
    expect(await shown.text()).toContain("You are logged in to demo.")
    expect(await all.status()).toEqual({ status: "connected" })
    expect((await calls(it, echo))[0].state.status).toBe("completed")

    expect((await stat(authFile(it))).mode & 0o777).toBe(0o600)
    expect(await all.stored()).toEqual({
      demo: {
        serverUrl: all.server.url,
        clientInfo: {
          clientId: expect.stringMatching(/^client-/),
          redirectUri: `${back.origin}/mcp/oauth/callback`,
          issuer: expect.stringContaining(authorization.origin),
        },
        tokens: {
          accessToken: expect.stringMatching(/^access-/),
          refreshToken: expect.stringMatching(/^refresh-/),
          expiresAt: expect.any(Number),
          issuer: expect.stringContaining(authorization.origin),
        },
      },
    })
    await it.call("POST", "/instance/dispose")
    expect(await all.status()).toEqual({ status: "connected" })
    const { body: again } = await it.call("POST", "/mcp/demo/auth")
    expect(again).toEqual({ authorizationUrl: "", oauthState: expect.any(String) })
    expect(it.log.join("")).not.toMatch(/access-|refresh-|code-/)
    // Nobody listens any more.
    await expect(fetch(back)).rejects.toThrow()
  })

  test("is finished by a code that a client brings; a wrong one is refused and the right one still good", async () => {
    await using all = await start()
    const { it, authorization } = all
    expect(await it.call("POST", "/mcp/demo/auth/callback", { code: "code-1" })).toMatchObject({
      status: 400,
      body: { data: { message: "No login of the MCP server demo is under way" } },
    })
    const { body } = await it.call("POST", "/mcp/demo/auth")
    const code = (await authorization.logIn(body.authorizationUrl)).searchParams.get("code")
    expect(await it.call("POST", "/mcp/demo/auth/callback", { code: "code-wrong" })).toMatchObject({
      status: 400,
      body: { data: { message: expect.stringContaining("It is invalid_grant") } },
    })
    expect((await it.call("POST", "/mcp/demo/auth/callback", { code })).body).toEqual({ status: "connected" })
    expect(await all.status()).toEqual({ status: "connected" })
  })

  test("of another page, or of none, is not taken", async () => {
    await using all = await start()
    const { body } = await all.it.call("POST", "/mcp/demo/auth")
    const back = await all.authorization.logIn(body.authorizationUrl)
    const foreign = new URL(back)
    foreign.searchParams.set("state", "guessed")
    expect((await fetch(foreign)).status).toBe(400)
    expect((await fetch(new URL("/", back))).status).toBe(404)
    expect((await fetch(back, { method: "POST" })).status).toBe(405)
    expect(await all.status()).toEqual({ status: "needs_auth" })
    expect((await fetch(back)).status).toBe(200)
    expect(await all.status()).toEqual({ status: "connected" })
  })

  test("is forgotten on request, and the next call says so", async () => {
    await using all = await start()
    const { it } = all
    const { body } = await it.call("POST", "/mcp/demo/auth")
    await fetch(await all.authorization.logIn(body.authorizationUrl))
    expect((await it.call("DELETE", "/mcp/demo/auth")).body).toEqual({ success: true })
    expect(await all.stored()).toEqual({})
    const [call] = await calls(it, echo)
    expect(call.state).toMatchObject({ status: "error", error: 'The MCP server "demo" wants a new login' })
    expect(await all.status()).toEqual({ status: "needs_auth" })
  })

  test("is renewed when its token is no longer good", async () => {
    await using all = await start()
    const { it, authorization } = all
    const { body } = await it.call("POST", "/mcp/demo/auth")
    await fetch(await authorization.logIn(body.authorizationUrl))
    const before = (await all.stored()).demo.tokens.accessToken
    authorization.valid.clear()
    expect((await calls(it, echo))[0].state.status).toBe("completed")
    expect((await all.stored()).demo.tokens.accessToken).not.toBe(before)
    expect(posted(authorization.requests, "/token").at(-1)).toMatchObject({ grant_type: "refresh_token" })
  })

  test("given up by another one, or by disconnecting, is over", async () => {
    await using all = await start()
    const { it, authorization } = all
    const first = await it.call("POST", "/mcp/demo/auth")
    const second = await it.call("POST", "/mcp/demo/auth")
    expect(second.body.oauthState).not.toBe(first.body.oauthState)
    const late = await authorization.logIn(first.body.authorizationUrl)
    expect(await fetch(late).then(({ status }) => status)).toBe(400)
    await it.call("POST", "/mcp/demo/disconnect")
    await expect(fetch(late)).rejects.toThrow()
    expect((await it.call("POST", "/mcp/demo/auth/callback", { code: "x" })).status).toBe(400)
  })
})

describe("what others get", () => {
  test("configured headers go to the server, not to the authorization server", async () => {
    await using all = await start({ headers: { "x-key": "hunter22" } })
    const { body } = await all.it.call("POST", "/mcp/demo/auth")
    await fetch(await all.authorization.logIn(body.authorizationUrl))
    expect(await all.status()).toEqual({ status: "connected" })
    expect(all.authorization.requests.length).toBeGreaterThan(2)
    for (const { headers } of all.authorization.requests) expect(headers.has("x-key")).toBe(false)
    expect(all.server.requests.every(({ headers }) => headers.get("x-key") === "hunter22")).toBe(true)
  })

  test("a server of the same name at another address gets no token", async () => {
    await using all = await start()
    const { body } = await all.it.call("POST", "/mcp/demo/auth")
    await fetch(await all.authorization.logIn(body.authorizationUrl))
    await using thief = startHttpServer()
    await all.it.call("POST", "/mcp", { name: "demo", config: { type: "remote", url: thief.url } })
    await calls(all.it, echo)
    expect(thief.requests.length).toBeGreaterThan(2)
    expect(bearers(thief).every((bearer) => bearer === null)).toBe(true)
  })
})

describe("clients", () => {
  test("are registered, unless one is configured", async () => {
    await using all = await start({ oauth: { clientId: "configured", clientSecret: "hunter22", scope: "read" } })
    const { body } = await all.it.call("POST", "/mcp/demo/auth")
    expect(new URL(body.authorizationUrl).searchParams.get("client_id")).toBe("configured")
    expect(new URL(body.authorizationUrl).searchParams.get("scope")).toBe("read")
    await fetch(await all.authorization.logIn(body.authorizationUrl))
    expect(await all.status()).toEqual({ status: "connected" })
    expect(posted(all.authorization.requests, "/register")).toEqual([])
    expect(posted(all.authorization.requests, "/token")[0]).toMatchObject({ client_secret: "hunter22" })
    expect(JSON.stringify(await all.stored())).not.toContain("hunter22")
  })

  test("that have to be configured are told of", async () => {
    await using all = await start({ authorization: { registers: false } })
    const missing = {
      status: "needs_client_registration",
      error: expect.stringContaining("does not support dynamic client registration"),
    }
    expect(await all.status()).toEqual(missing)
    expect(await all.it.call("POST", "/mcp/demo/auth")).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("does not support dynamic client registration") },
    })
  })

  test("have the address that is configured", async () => {
    const redirectUri = "https://example.com/back"
    await using all = await start({ oauth: { redirectUri } })
    const { body } = await all.it.call("POST", "/mcp/demo/auth")
    expect(new URL(body.authorizationUrl).searchParams.get("redirect_uri")).toBe(redirectUri)
    const code = (await all.authorization.logIn(body.authorizationUrl)).searchParams.get("code")
    expect((await all.it.call("POST", "/mcp/demo/auth/callback", { code })).body).toEqual({ status: "connected" })
  })

  test("take another port when the usual one is taken", async () => {
    await using all = await start()
    await using other = await start()
    const pages = [await all.it.call("POST", "/mcp/demo/auth"), await other.it.call("POST", "/mcp/demo/auth")]
    const redirects = pages.map(({ body }) => new URL(body.authorizationUrl).searchParams.get("redirect_uri"))
    expect(redirects[0]).not.toBe(redirects[1])
    for (const [index, { authorization, status }] of [all, other].entries()) {
      await fetch(await authorization.logIn(pages[index]?.body.authorizationUrl))
      expect(await status()).toEqual({ status: "connected" })
    }
  })
})

describe("the browser", () => {
  /** A system whose command for opening pages is this script. */
  async function system(script: string) {
    const all = await start()
    const programs = join(all.it.root, "programs")
    await mkdir(programs)
    await writeFile(join(programs, "xdg-open"), `#!/bin/sh\n${script}\n`)
    await chmod(join(programs, "xdg-open"), 0o755)
    Object.assign(all.it.app.env, { PATH: `${programs}:/usr/bin:/bin` })
    const opened = async () => {
      const page = join(programs, "xdg-open.url")
      while (!(await Bun.file(page).exists())) await Bun.sleep(10)
      return Bun.file(page).text()
    }
    return Object.assign(all, { opened })
  }

  test.if(process.platform === "linux")("is opened, and the answer waits for the end of the login", async () => {
    await using all = await system('printf %s "$1" > "$0.part" && mv "$0.part" "$0.url"')
    const waiting = all.it.call("POST", "/mcp/demo/auth/authenticate")
    const url = await all.opened()
    await fetch(await all.authorization.logIn(url))
    expect((await waiting).body).toEqual({ status: "connected" })
    expect(all.it.heard("mcp.browser.open.failed")).toEqual([])
  })

  test("that does not open is told of, with the page to open by hand", async () => {
    await using all = await system("exit 3")
    const waiting = all.it.call("POST", "/mcp/demo/auth/authenticate")
    const { properties } = await all.it.waitFor("mcp.browser.open.failed")
    expect(properties).toEqual({ mcpName: "demo", url: expect.stringContaining(all.authorization.origin) })
    await fetch(await all.authorization.logIn(properties.url))
    expect((await waiting).body).toEqual({ status: "connected" })
  })

  test("that brings a refusal ends the login", async () => {
    await using all = await start({ authorization: { refuses: true } })
    const { body } = await all.it.call("POST", "/mcp/demo/auth")
    const shown = await fetch(await all.authorization.logIn(body.authorizationUrl))
    expect(shown.status).toBe(400)
    expect(await shown.text()).toContain("The login was refused: access_denied")
    expect(await all.status()).toEqual({ status: "needs_auth" })
  })
})

test("a file that is no list of logins is not written over", async () => {
  await using all = await start()
  await writeFile(authFile(all.it), "{broken")
  expect(await all.status()).toMatchObject({
    status: "failed",
    error: expect.stringContaining("not a JSON object of servers"),
  })
  expect(await Bun.file(authFile(all.it)).text()).toBe("{broken")
})

test("a login made in another directory counts here too", async () => {
  await using all = await start()
  const { it, authorization } = all
  const elsewhere = await it.makeDirectory("elsewhere")
  const path = `/mcp?directory=${encodeURIComponent(elsewhere)}`
  expect((await it.call("GET", path)).body.demo).toEqual({ status: "needs_auth" })
  const { body } = await it.call("POST", "/mcp/demo/auth")
  await fetch(await authorization.logIn(body.authorizationUrl))
  expect((await it.call("GET", path)).body.demo).toEqual({ status: "connected" })
  // A token that is refused is not tried again and again.
  authorization.valid.clear()
  const { demo } = await all.stored()
  delete demo.tokens.refreshToken
  await writeFile(authFile(it), JSON.stringify({ demo }))
  await it.call("POST", "/instance/dispose")
  expect(await all.status()).toEqual({ status: "needs_auth" })
  const { length } = all.server.requests
  expect(await all.status()).toEqual({ status: "needs_auth" })
  expect(all.server.requests).toHaveLength(length)
})

test("clients that ask for the status do not get in the way of a login", async () => {
  await using all = await start()
  const asking = [1, 2, 3].map(() => all.status())
  const { body } = await all.it.call("POST", "/mcp/demo/auth")
  expect(body.authorizationUrl).toContain(all.authorization.origin)
  await Promise.all(asking)
  await fetch(await all.authorization.logIn(body.authorizationUrl))
  expect(await all.status()).toEqual({ status: "connected" })
  expect(all.server.sessions.size).toBe(1)
})

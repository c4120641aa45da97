import { describe, expect, test } from "bun:test"
import { createHash } from "node:crypto"
import { stat } from "node:fs/promises"
import { join } from "node:path"
import { replaceLoginEndpoints } from "../../src/provider/login/endpoints"
import { type LoginVendor, refuse, startLoginVendor, tokenWith } from "../helper/login-vendor"
import { type TestServer, testServer } from "../helper/server"

const BROWSER = 0
const HEADLESS = 1
const TOKENS = {
  access_token: "access-1",
  refresh_token: "refresh-1",
  id_token: tokenWith({ "https://api.openai.com/auth": { chatgpt_account_id: "account-1" } }),
  expires_in: 100,
}
const NOW = 1_800_000_000_000

interface Setup extends AsyncDisposable {
  server: TestServer
  vendor: LoginVendor
  authorize(provider: string, body: object): ReturnType<TestServer["call"]>
  finish(provider: string, body: object): ReturnType<TestServer["call"]>
  stored(): Promise<unknown>
}

async function setup(): Promise<Setup> {
  const server = await testServer({ git: false, now: () => NOW })
  const vendor = startLoginVendor(server.app)
  return {
    server,
    vendor,
    authorize: (provider, body) => server.call("POST", `/provider/${provider}/oauth/authorize`, body),
    finish: (provider, body) => server.call("POST", `/provider/${provider}/oauth/callback`, body),
    stored: async () => {
      const file = Bun.file(join(server.app.paths.data, "auth.json"))
      return (await file.exists()) ? file.json() : undefined
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

const connected = async ({ server }: Setup): Promise<string[]> => (await server.call("GET", "/provider")).body.connected

/** Where OpenAI would send the browser. */
function redirectOf(authorization: string, query: Record<string, string>): string {
  const asked = new URL(authorization).searchParams
  const redirect = new URL(asked.get("redirect_uri") ?? "")
  redirect.hostname = "127.0.0.1"
  redirect.search = new URLSearchParams({ state: asked.get("state") ?? "", ...query }).toString()
  return redirect.toString()
}

describe("GET /provider/auth", () => {
  test("lists how each provider is connected", async () => {
    await using it = await setup()
    const { status, body } = await it.server.call("GET", "/provider/auth")
    expect(status).toBe(200)
    expect(body.openai.map(({ type }: { type: string }) => type)).toEqual(["oauth", "oauth", "api"])
    expect(body["github-copilot"][0].prompts.map(({ key }: { key: string }) => key)).toEqual([
      "deploymentType",
      "enterpriseUrl",
    ])
    expect(body.azure).toEqual([
      {
        type: "api",
        label: "API key",
        prompts: [expect.objectContaining({ type: "text", key: "resourceName" })],
      },
    ])
    expect(body.anthropic).toEqual([{ type: "api", label: "API key" }])
    expect(body["google-vertex"]).toBeUndefined()
  })

  test("leaves out what may not be used", async () => {
    await using server = await testServer({ git: false, config: { enabled_providers: ["anthropic"] } })
    expect(Object.keys((await server.call("GET", "/provider/auth")).body)).toEqual(["anthropic"])
  })
})

describe("a login to ChatGPT with a browser", () => {
  test("comes back to this machine, is stored and connects the provider at once", async () => {
    await using it = await setup()
    it.vendor.answer("/oauth/token", TOKENS)
    expect(await connected(it)).toEqual(["demo"])

    const { status, body } = await it.authorize("openai", { method: BROWSER })
    expect(status).toBe(200)
    expect(body).toMatchObject({ method: "auto", instructions: expect.any(String) })
    const asked = Object.fromEntries(new URL(body.url).searchParams)
    expect(asked).toMatchObject({
      response_type: "code",
      client_id: "app_EMoamEEZ73f0CkXaXp7hrann",
      redirect_uri: expect.stringMatching(/^http:\/\/localhost:\d+\/auth\/callback$/),
      scope: "openid profile email offline_access",
      code_challenge_method: "S256",
      originator: "opencode",
    })

    const waiting = it.finish("openai", { method: BROWSER })
    const page = await fetch(redirectOf(body.url, { code: "code-1" }))
    expect(page.status).toBe(200)
    expect(await page.text()).toContain("You are signed in")
    expect(await waiting).toMatchObject({ status: 200, body: true })

    const [exchange] = it.vendor.to("/oauth/token")
    expect(exchange!.body).toMatchObject({
      grant_type: "authorization_code",
      code: "code-1",
      redirect_uri: asked.redirect_uri,
      client_id: asked.client_id,
    })
    const challenge = createHash("sha256").update(exchange!.body.code_verifier).digest("base64url")
    expect(challenge).toBe(asked.code_challenge!)
    expect(await it.stored()).toEqual({
      openai: {
        type: "oauth",
        refresh: "refresh-1",
        access: "access-1",
        expires: NOW + 100_000,
        accountId: "account-1",
      },
    })
    expect((await stat(join(it.server.app.paths.data, "auth.json"))).mode & 0o777).toBe(0o600)
    expect(await connected(it)).toEqual(["openai"])
    // The login was used: it cannot be finished twice.
    expect((await it.finish("openai", { method: BROWSER })).body.name).toBe("ProviderAuthOauthMissing")
    expect(it.server.log.join("")).not.toMatch(/access-1|refresh-1|code-1/)
  })

  test("is not touched by a page that does not know its state", async () => {
    await using it = await setup()
    it.vendor.answer("/oauth/token", TOKENS)
    const { body } = await it.authorize("openai", { method: BROWSER })
    const foreign = await fetch(redirectOf(body.url, { code: "stolen", state: "guessed" }))
    expect(foreign.status).toBe(400)
    expect((await fetch(new URL("/other", redirectOf(body.url, {})))).status).toBe(404)
    expect(it.vendor.to("/oauth/token")).toEqual([])

    expect((await fetch(redirectOf(body.url, { code: "own" }))).status).toBe(200)
    expect((await it.finish("openai", { method: BROWSER })).body).toBe(true)
  })

  test("that the user refuses fails, with what the vendor says", async () => {
    await using it = await setup()
    const { body } = await it.authorize("openai", { method: BROWSER })
    const query = { error: "access_denied", error_description: "<b>no</b>" }
    const page = await fetch(redirectOf(body.url, query))
    expect(page.status).toBe(400)
    expect(await page.text()).not.toContain("<b>no")
    expect(await it.finish("openai", { method: BROWSER })).toMatchObject({
      status: 400,
      body: {
        name: "ProviderAuthOauthCallbackFailed",
        data: { providerID: "openai", message: expect.stringContaining("<b>no</b>") },
      },
    })
    expect(await it.stored()).toBeUndefined()
  })

  test("whose code the vendor does not take fails", async () => {
    await using it = await setup()
    it.vendor.answer(
      "/oauth/token",
      refuse(400, "invalid_grant", { error_description: "Code is used", secret: "s3cret" }),
    )
    const { body } = await it.authorize("openai", { method: BROWSER })
    expect((await fetch(redirectOf(body.url, { code: "old" }))).status).toBe(400)
    const { status, body: error } = await it.finish("openai", { method: BROWSER })
    expect(status).toBe(400)
    expect(error.data.message).toContain("invalid_grant: Code is used")
    expect(JSON.stringify(error)).not.toContain("s3cret")
  })

  test("can be finished by pasting the address, also where the port is taken", async () => {
    await using it = await setup()
    it.vendor.answer("/oauth/token", TOKENS)
    const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() })
    replaceLoginEndpoints(it.server.app, { openai: it.vendor.url, redirectPort: taken.port! })
    const { body } = await it.authorize("openai", { method: BROWSER })
    await taken.stop(true)
    expect(body.method).toBe("code")

    expect((await it.finish("openai", { method: BROWSER })).body).toEqual({
      name: "ProviderAuthOauthCodeMissing",
      data: { providerID: "openai" },
    })
    const foreign = redirectOf(body.url, { code: "c", state: "other" })
    expect((await it.finish("openai", { method: BROWSER, code: foreign })).body.name).toBe(
      "ProviderAuthOauthCallbackFailed",
    )
    const own = redirectOf(body.url, { code: "pasted" })
    expect((await it.finish("openai", { method: BROWSER, code: own })).body).toBe(true)
    expect(it.vendor.to("/oauth/token")[0]!.body.code).toBe("pasted")
    expect(await connected(it)).toEqual(["openai"])
  })

  test("takes the place of one that was begun before, on the same port", async () => {
    await using it = await setup()
    it.vendor.answer("/oauth/token", TOKENS)
    const probe = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() })
    const port = probe.port!
    await probe.stop(true)
    replaceLoginEndpoints(it.server.app, { openai: it.vendor.url, redirectPort: port })
    const first = await it.authorize("openai", { method: BROWSER })
    const waiting = it.finish("openai", { method: BROWSER })
    // The waiting client must be there before the second login begins.
    await it.server.call("GET", "/path")
    const second = await it.authorize("openai", { method: BROWSER })
    expect(second.body.method).toBe("auto")
    expect(await waiting).toMatchObject({ status: 400, body: { name: "ProviderAuthOauthCallbackFailed" } })
    expect((await fetch(redirectOf(first.body.url, { code: "late" }))).status).toBe(400)
    expect((await fetch(redirectOf(second.body.url, { code: "new" }))).status).toBe(200)
    expect((await it.finish("openai", { method: BROWSER })).body).toBe(true)
  })

  test("ends with the directory it was begun in, and frees its port", async () => {
    await using it = await setup()
    const { body } = await it.authorize("openai", { method: BROWSER })
    const waiting = it.finish("openai", { method: BROWSER })
    await it.server.call("GET", "/path")
    await it.server.call("POST", "/instance/dispose")
    expect((await waiting).body.name).toBe("ProviderAuthOauthCallbackFailed")
    await expect(fetch(redirectOf(body.url, { code: "x" }))).rejects.toThrow()
  })
})

describe("a login to ChatGPT by a code", () => {
  const start = { device_auth_id: "device-1", user_code: "ABCD-1234", interval: "0.01" }
  const SERVICE = "/api/accounts/deviceauth"

  test("asks until the user has entered it", async () => {
    await using it = await setup()
    it.vendor.answer(`${SERVICE}/usercode`, start)
    it.vendor.answer(`${SERVICE}/token`, refuse(403, "authorization_pending"), refuse(404, "unknown"), {
      authorization_code: "code-2",
      code_verifier: "verifier-2",
    })
    it.vendor.answer("/oauth/token", {
      ...TOKENS,
      id_token: undefined,
      access_token: tokenWith({ chatgpt_account_id: "a2" }),
    })
    const { body } = await it.authorize("openai", { method: HEADLESS })
    expect(body).toEqual({
      url: `${it.vendor.url}/codex/device`,
      method: "auto",
      instructions: "Enter code: ABCD-1234",
    })
    expect((await it.finish("openai", { method: HEADLESS })).body).toBe(true)
    expect(it.vendor.to(`${SERVICE}/token`).map(({ body }) => body)).toEqual(
      Array(3).fill({ device_auth_id: "device-1", user_code: "ABCD-1234" }),
    )
    expect(it.vendor.to("/oauth/token")[0]!.body).toMatchObject({
      code: "code-2",
      code_verifier: "verifier-2",
      redirect_uri: `${it.vendor.url}/deviceauth/callback`,
    })
    expect(await it.stored()).toMatchObject({ openai: { accountId: "a2" } })
  })

  test.each([
    ["the user refuses", refuse(403, "access_denied"), "access_denied"],
    ["the code is too old", refuse(403, "expired_token"), "expired_token"],
    ["the service is broken", refuse(500, "boom"), "boom"],
  ])("fails when %s", async (_, answer, reason) => {
    await using it = await setup()
    it.vendor.answer(`${SERVICE}/usercode`, start)
    it.vendor.answer(`${SERVICE}/token`, refuse(403, "authorization_pending"), answer)
    await it.authorize("openai", { method: HEADLESS })
    const { status, body } = await it.finish("openai", { method: HEADLESS })
    expect({ status, name: body.name }).toEqual({ status: 400, name: "ProviderAuthOauthCallbackFailed" })
    expect(body.data.message).toContain(reason)
  })

  test("cannot begin without the vendor", async () => {
    await using it = await setup()
    it.vendor.answer(`${SERVICE}/usercode`, () => new Response("<html>", { status: 404 }))
    expect((await it.authorize("openai", { method: HEADLESS })).body.data.message).toContain("status 404")
    await it.vendor[Symbol.asyncDispose]()
    expect(await it.authorize("openai", { method: HEADLESS })).toMatchObject({
      status: 400,
      body: {
        name: "ProviderAuthOauthCallbackFailed",
        data: { message: expect.stringContaining("could not be reached") },
      },
    })
  })
})

describe("a login to GitHub Copilot", () => {
  const start = (it: Setup) => ({
    device_code: "device-9",
    user_code: "WXYZ-0000",
    verification_uri: `${it.vendor.url}/login/device`,
    expires_in: 900,
    interval: 0.01,
  })

  test("asks at the pace that GitHub wants until the user has confirmed", async () => {
    await using it = await setup()
    it.vendor.answer("/login/device/code", start(it))
    it.vendor.answer(
      "/login/oauth/access_token",
      { error: "authorization_pending" },
      { error: "slow_down", interval: 0.05 },
      { access_token: "gho_token", token_type: "bearer", scope: "read:user" },
    )
    const { body } = await it.authorize("github-copilot", { method: 0, inputs: { deploymentType: "github.com" } })
    expect(body).toEqual({
      url: `${it.vendor.url}/login/device`,
      method: "auto",
      instructions: "Enter code: WXYZ-0000",
    })
    expect((await it.finish("github-copilot", { method: 0 })).body).toBe(true)
    expect(it.vendor.to("/login/device/code")[0]!.body.scope).toBe("read:user")
    expect(it.vendor.to("/login/oauth/access_token")[0]!.body).toMatchObject({
      device_code: "device-9",
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    })
    expect(await it.stored()).toEqual({
      "github-copilot": { type: "oauth", refresh: "gho_token", access: "gho_token", expires: 0 },
    })
    expect(await connected(it)).toEqual(["github-copilot"])
  })

  test("of an enterprise goes to its own address", async () => {
    await using it = await setup()
    it.vendor.answer("/company.ghe.com/login/device/code", start(it))
    it.vendor.answer("/company.ghe.com/login/oauth/access_token", { access_token: "ghe_token" })
    const inputs = { deploymentType: "enterprise", enterpriseUrl: "https://company.ghe.com/" }
    await it.authorize("github-copilot", { method: 0, inputs })
    expect((await it.finish("github-copilot", { method: 0 })).body).toBe(true)
    expect(await it.stored()).toMatchObject({ "github-copilot": { enterpriseUrl: "company.ghe.com" } })
  })

  test.each([
    ["access_denied", "The user said no"],
    ["expired_token", "Too late"],
    ["device_flow_disabled", undefined],
  ])("fails on %s", async (error, description) => {
    await using it = await setup()
    it.vendor.answer("/login/device/code", start(it))
    it.vendor.answer("/login/oauth/access_token", { error, ...(description && { error_description: description }) })
    await it.authorize("github-copilot", { method: 0 })
    const { body } = await it.finish("github-copilot", { method: 0 })
    expect(body).toMatchObject({ name: "ProviderAuthOauthCallbackFailed", data: { providerID: "github-copilot" } })
    expect(body.data.message).toContain(description ?? error)
    expect(await it.stored()).toBeUndefined()
  })

  test("takes no address that is of no use", async () => {
    await using it = await setup()
    for (const enterpriseUrl of [
      "",
      "http://company.ghe.com",
      "localhost",
      "https://user:pass@company.ghe.com",
      "file:///etc",
    ]) {
      const inputs = { deploymentType: "enterprise", enterpriseUrl }
      expect((await it.authorize("github-copilot", { method: 0, inputs })).body).toMatchObject({
        name: "ProviderAuthValidationFailed",
        data: { field: "enterpriseUrl" },
      })
    }
    expect(
      (await it.authorize("github-copilot", { method: 0, inputs: { deploymentType: "moon" } })).body.data.field,
    ).toBe("deploymentType")
    expect(it.vendor.requests).toEqual([])
  })

  test("takes no page of another kind to send the user to", async () => {
    await using it = await setup()
    it.vendor.answer("/login/device/code", { ...start(it), verification_uri: "javascript:alert(1)" })
    expect((await it.authorize("github-copilot", { method: 0 })).status).toBe(400)
  })
})

describe("what cannot be", () => {
  test.each([
    ["an unknown method", "openai", 99, "method"],
    ["no whole number", "openai", 0.5, "method"],
    ["a key", "openai", 2, "method"],
    ["an unknown provider", "nope", 3, "method"],
  ])("%s is refused with a reason", async (_, provider, method, field) => {
    await using it = await setup()
    expect(await it.authorize(provider, { method })).toMatchObject({
      status: 400,
      body: {
        name: "ProviderAuthValidationFailed",
        data: { providerID: provider, field, message: expect.stringContaining(provider) },
      },
    })
  })

  test("a login that nobody began is missing, and one of another method, too", async () => {
    await using it = await setup()
    const missing = { status: 400, body: { name: "ProviderAuthOauthMissing", data: { providerID: "openai" } } }
    expect(await it.finish("openai", { method: BROWSER })).toMatchObject(missing)
    await it.authorize("openai", { method: BROWSER })
    expect(await it.finish("openai", { method: HEADLESS, code: "x" })).toMatchObject(missing)
  })

  test("a body without a method", async () => {
    await using it = await setup()
    expect(await it.authorize("openai", {})).toMatchObject({ status: 400, body: { name: "BadRequest" } })
  })
})

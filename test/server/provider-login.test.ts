import { describe, expect, test } from "bun:test"
import { createHash } from "node:crypto"
import { stat } from "node:fs/promises"
import { join } from "node:path"
import { replaceLoginEndpoints } from "../../src/provider/login/endpoints"
import { LOGIN_NOW, loginSetup, tokenWith } from "../helper/login-vendor"
import { testServer } from "../helper/server"
import { refuse } from "../helper/stand-in"

const BROWSER = 0
const HEADLESS = 1
const TOKENS = {
  access_token: "access-1",
  refresh_token: "refresh-1",
  id_token: tokenWith({ "https://api.openai.com/auth": { chatgpt_account_id: "account-1" } }),
  expires_in: 100,
}

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
    await using it = await loginSetup()
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
    await using it = await loginSetup()
    it.vendor.answer("/oauth/token", TOKENS)
    expect(await it.connected()).toEqual(["demo"])

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
        expires: LOGIN_NOW + 100_000,
        accountId: "account-1",
      },
    })
    expect((await stat(join(it.server.app.paths.data, "auth.json"))).mode & 0o777).toBe(0o600)
    expect(await it.connected()).toEqual(["openai"])
    // The login was used: it cannot be finished twice.
    expect((await it.finish("openai", { method: BROWSER })).body.name).toBe("ProviderAuthOauthMissing")
    expect(it.server.log.join("")).not.toMatch(/access-1|refresh-1|code-1/)
  })

  test("is not touched by a page that does not know its state", async () => {
    await using it = await loginSetup()
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
    await using it = await loginSetup()
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
    await using it = await loginSetup()
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
    await using it = await loginSetup()
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
    expect(await it.connected()).toEqual(["openai"])
  })

  test("that is finished by pasting frees its port", async () => {
    await using it = await loginSetup()
    it.vendor.answer("/oauth/token", TOKENS)
    const { body } = await it.authorize("openai", { method: BROWSER })
    expect(body.method).toBe("auto")
    const own = redirectOf(body.url, { code: "pasted" })
    expect((await it.finish("openai", { method: BROWSER, code: own })).body).toBe(true)
    await expect(fetch(own)).rejects.toThrow("Unable to connect")
  })

  test("takes the place of one that was begun before, on the same port", async () => {
    await using it = await loginSetup()
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
    await using it = await loginSetup()
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
    await using it = await loginSetup()
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
    await using it = await loginSetup()
    it.vendor.answer(`${SERVICE}/usercode`, start)
    it.vendor.answer(`${SERVICE}/token`, refuse(403, "authorization_pending"), answer)
    await it.authorize("openai", { method: HEADLESS })
    const { status, body } = await it.finish("openai", { method: HEADLESS })
    expect({ status, name: body.name }).toEqual({ status: 400, name: "ProviderAuthOauthCallbackFailed" })
    expect(body.data.message).toContain(reason)
  })

  test("cannot begin without the vendor", async () => {
    await using it = await loginSetup()
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

describe("what cannot be", () => {
  test.each([
    ["an unknown method", "openai", 99, "method"],
    ["no whole number", "openai", 0.5, "method"],
    ["a key", "openai", 2, "method"],
    ["an unknown provider", "nope", 3, "method"],
  ])("%s is refused with a reason", async (_, provider, method, field) => {
    await using it = await loginSetup()
    expect(await it.authorize(provider, { method })).toMatchObject({
      status: 400,
      body: {
        name: "ProviderAuthValidationFailed",
        data: { providerID: provider, field, message: expect.stringContaining(provider) },
      },
    })
  })

  test("a login that nobody began is missing, and one of another method, too", async () => {
    await using it = await loginSetup()
    const missing = { status: 400, body: { name: "ProviderAuthOauthMissing", data: { providerID: "openai" } } }
    expect(await it.finish("openai", { method: BROWSER })).toMatchObject(missing)
    await it.authorize("openai", { method: BROWSER })
    expect(await it.finish("openai", { method: HEADLESS, code: "x" })).toMatchObject(missing)
  })

  test("a body without a method", async () => {
    await using it = await loginSetup()
    expect(await it.authorize("openai", {})).toMatchObject({ status: 400, body: { name: "BadRequest" } })
  })
})

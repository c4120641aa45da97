import { describe, expect, test } from "bun:test"
import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { ACCESS, ORGANIZATIONS, REFRESH, RENEWED, startConsole, storeAccounts, storedAccounts } from "../helper/console"
import { type TestServerOptions, testServer } from "../helper/server"
import { refuse } from "../helper/stand-in"
import { chatAnswer } from "../helper/vendor"

/** A server with an account of a console. */
async function setup(options: TestServerOptions = {}) {
  const console = startConsole()
  const it = await testServer({ git: false, ...options })
  await storeAccounts(it.app, { url: console.url })
  return {
    ...it,
    console,
    async [Symbol.asyncDispose]() {
      await it[Symbol.asyncDispose]()
      await console[Symbol.asyncDispose]()
    },
  }
}

const none = () => new Response("gone", { status: 503 })

describe("the organizations", () => {
  test("are those of all accounts; a console that does not answer takes no other down", async () => {
    await using it = await setup()
    await using other = startConsole()
    await storeAccounts(
      it.app,
      { url: it.console.url },
      { id: "acc_2", email: "you@example.com", url: other.url },
      { id: "acc_3", email: "gone@example.com", url: "http://127.0.0.1:1" },
    )
    const entries = (accountID: string, accountEmail: string, accountUrl: string) =>
      ORGANIZATIONS.map(({ id: orgID, name: orgName }) => ({
        accountID,
        accountEmail,
        accountUrl,
        orgID,
        orgName,
        active: accountID === "acc_1" && orgID === "org_1",
      }))
    expect((await it.call("GET", "/experimental/console/orgs")).body).toEqual({
      orgs: [...entries("acc_1", "me@example.com", it.console.url), ...entries("acc_2", "you@example.com", other.url)],
    })
    expect((await it.call("GET", "/experimental/console")).body).toEqual({
      consoleManagedProviders: [],
      activeOrgName: "First",
      switchableOrgCount: 4,
    })
    expect(it.log.join()).toContain("The organizations of an account are not known")
    expect(it.log.join()).not.toContain("st-")
  })

  test("are asked for with a new token where the console does not accept the stored one", async () => {
    await using it = await setup()
    it.console.answer("/api/orgs", refuse(401, "invalid_token"), ORGANIZATIONS)
    expect((await it.call("GET", "/experimental/console/orgs")).body.orgs).toHaveLength(2)
    expect(it.console.to("/api/orgs").map(({ headers }) => headers.get("authorization"))).toEqual([
      `Bearer ${ACCESS}`,
      `Bearer ${RENEWED}`,
    ])
  })
})

describe("switching", () => {
  test("makes the other organization's configuration hold in every directory that was open", async () => {
    await using it = await setup()
    it.console.answer("/api/config", ({ headers }) =>
      Response.json({ config: { username: headers.get("x-org-id"), provider: { acme: { name: "Acme" } } } }),
    )
    const second = await it.makeDirectory("second", { git: false })
    const directories = [it.directory, second].map((path) => `?directory=${encodeURIComponent(path)}`)
    const names = async () =>
      Promise.all(directories.map(async (query) => (await it.call("GET", `/config${query}`)).body.username))
    expect(await names()).toEqual(["org_1", "org_1"])
    // One for all directories, and not for each request.
    expect(it.console.to("/api/config")).toHaveLength(1)

    const answer = await it.call("POST", "/experimental/console/switch", { accountID: "acc_1", orgID: "org_2" })
    expect(answer).toMatchObject({ status: 200, body: true })
    expect(it.heard("server.instance.disposed").map(({ properties }) => properties.directory)).toEqual([
      it.directory,
      second,
    ])
    expect(it.heard("global.disposed")).toEqual([{ type: "global.disposed", properties: {} }])
    expect(await names()).toEqual(["org_2", "org_2"])
    expect(it.console.to("/api/config")).toHaveLength(2)
    expect((await it.call("GET", "/experimental/console")).body).toEqual({
      consoleManagedProviders: ["acme"],
      activeOrgName: "Second",
      switchableOrgCount: 2,
    })
  })

  test.each([
    ["acc_1", "org_3"],
    ["acc_2", "org_1"],
  ])("to %s, %s is refused", async (accountID, orgID) => {
    await using it = await setup()
    const before = await storedAccounts(it.app)
    const answer = await it.call("POST", "/experimental/console/switch", { accountID, orgID })
    const message = `There is no account ${accountID} with an organization ${orgID} here`
    expect(answer).toMatchObject({ status: 404, body: { name: "NotFoundError", data: { message } } })
    expect(await storedAccounts(it.app)).toEqual(before)
    expect(it.heard("global.disposed")).toEqual([])
  })

  test("says when the console does not tell", async () => {
    await using it = await setup()
    it.console.answer("/api/orgs", none)
    const answer = await it.call("POST", "/experimental/console/switch", { accountID: "acc_1", orgID: "org_2" })
    const message = "The console did not tell the organizations: status 503"
    expect(answer).toMatchObject({ status: 502, body: { _tag: "ConsoleUnreachableError", message } })
  })
})

describe("the configuration of the active organization", () => {
  test("comes after all files and OPENCODE_CONFIG_CONTENT", async () => {
    await using it = await setup({
      config: { username: "user", share: "manual" },
      files: { "opencode.json": '{ "username": "project", "model": "project/m" }' },
      env: { OPENCODE_CONFIG_CONTENT: '{ "username": "content", "small_model": "content/m", "snapshot": false }' },
    })
    it.console.answer("/api/config", { config: { username: "console", small_model: "console/m", unknown: 1 } })
    expect((await it.call("GET", "/config")).body).toMatchObject({
      username: "console",
      share: "manual",
      model: "project/m",
      small_model: "console/m",
      snapshot: false,
    })
    const [request] = it.console.to("/api/config")
    expect(request?.headers.get("authorization")).toBe(`Bearer ${ACCESS}`)
    expect(request?.headers.get("x-org-id")).toBe("org_1")
  })

  test.each([
    ["does not answer", none],
    ["answers with a page", () => new Response("<!doctype html>")],
    ["answers with what is no configuration", () => Response.json({ config: { model: 5 } })],
  ])("is the one that was fetched last while the console %s", async (_, broken) => {
    await using it = await setup()
    it.console.answer("/api/config", { config: { username: "console" } }, broken)
    expect((await it.call("GET", "/config")).body.username).toBe("console")
    await it.call("PATCH", "/global/config", { share: "manual" })
    expect((await it.call("GET", "/config")).body).toMatchObject({ username: "console", share: "manual" })
    expect(it.console.to("/api/config")).toHaveLength(2)
    expect(it.log.join()).toContain("A configuration could not be fetched; the last one counts")
    const kept = join(it.app.paths.cache, "remote-config")
    const [name = ""] = await readdir(kept)
    expect((await stat(join(kept, name))).mode & 0o777).toBe(0o600)
    // That of another organization is none.
    await it.call("POST", "/experimental/console/switch", { accountID: "acc_1", orgID: "org_2" })
    expect((await it.call("GET", "/config")).body.username).not.toBe("console")
  })

  test.each([401, 403, 404])("is none where the console has none for the account (%d)", async (status) => {
    await using it = await setup()
    it.console.answer("/api/config", { config: { username: "console" } }, refuse(status, "no"), refuse(status, "no"))
    await it.call("GET", "/config")
    await it.call("PATCH", "/global/config", { username: "user" })
    expect((await it.call("GET", "/config")).body.username).toBe("user")
    expect(await readdir(join(it.app.paths.cache, "remote-config"))).toEqual([])
  })

  test("and accounts that cannot be read break nothing but their own routes", async () => {
    await using it = await setup()
    await Bun.write(join(it.app.paths.data, "accounts.json"), `{"accounts": "${REFRESH}"`)
    expect(await it.call("GET", "/config")).toMatchObject({ status: 200 })
    const orgs = await it.call("GET", "/experimental/console/orgs")
    expect(orgs).toMatchObject({ status: 500, body: { name: "UnknownError" } })
    expect(orgs.body.data.message).toEndWith("accounts.json cannot be read: it is not valid JSON")
    expect(it.log.join()).not.toContain("st-")
  })
})

describe("the token of the account", () => {
  const provider = (url: string, changes: object) => ({
    acme: {
      npm: "@ai-sdk/openai-compatible",
      models: { m: { limit: { context: 100_000, output: 1000 } } },
      ...changes,
      options: { baseURL: `${url}/v1`, ...("options" in changes && (changes.options as object)) },
    },
  })

  test.each([
    ["as {env:OPENCODE_CONSOLE_TOKEN}", { options: { apiKey: "{env:OPENCODE_CONSOLE_TOKEN}" } }],
    ["as a variable of the provider", { env: ["OPENCODE_CONSOLE_TOKEN"] }],
  ])("gets to the provider %s, valid, and nowhere else", async (_, changes) => {
    await using it = await setup()
    it.console.answer("/api/config", { config: { provider: provider(it.console.url, changes) } })
    it.console.answer("/v1/chat/completions", () => chatAnswer("Hello"))
    const answers = [await it.call("GET", "/config"), await it.call("GET", "/config/providers")]
    // The one with which the configuration was fetched is over meanwhile.
    await storeAccounts(it.app, { url: it.console.url, expires: 0 })
    const { id } = (await it.call("POST", "/session", {})).body
    const model = { providerID: "acme", modelID: "m" }
    const body = { model, parts: [{ type: "text", text: "Hi" }] }
    const message = await it.call("POST", `/session/${id}/message`, body)
    expect(message.body.parts).toContainEqual(expect.objectContaining({ type: "text", text: "Hello" }))
    const sent = it.console.to("/v1/chat/completions").map(({ headers }) => headers.get("authorization"))
    expect(new Set(sent)).toEqual(new Set([`Bearer ${RENEWED}`]))
    const said = JSON.stringify([answers, message, it.events, it.log])
    for (const secret of [ACCESS, RENEWED, REFRESH]) expect(said).not.toContain(secret)
  })

  test("is taken out of what the provider answers", async () => {
    await using it = await setup()
    const options = { apiKey: "{env:OPENCODE_CONSOLE_TOKEN}" }
    it.console.answer("/api/config", { config: { provider: provider(it.console.url, { options }) } })
    it.console.answer("/v1/chat/completions", ({ headers }) =>
      refuse(400, `bad key ${headers.get("authorization")?.slice("Bearer ".length)}`)(),
    )
    const { id } = (await it.call("POST", "/session", {})).body
    const model = { providerID: "acme", modelID: "m" }
    const message = await it.call("POST", `/session/${id}/message`, { model, parts: [{ type: "text", text: "Hi" }] })
    expect(JSON.stringify(message.body)).toContain("[redacted]")
    expect(JSON.stringify([message, it.events, it.log])).not.toContain(ACCESS)
  })

  test("is in no file of the project", async () => {
    await using it = await setup({
      files: { "opencode.json": '{ "username": "{env:OPENCODE_CONSOLE_TOKEN}{env{env:NO}:OPENCODE_CONSOLE_TOKEN}" }' },
    })
    expect((await it.call("GET", "/config")).body.username).toBe("{env:OPENCODE_CONSOLE_TOKEN}")
  })

  test("gets to an MCP server of the organization", async () => {
    await using it = await setup()
    const server = {
      type: "remote",
      url: `${it.console.url}/mcp`,
      headers: { authorization: "Bearer {env:OPENCODE_CONSOLE_TOKEN}" },
      oauth: false,
    }
    it.console.answer("/api/config", { config: { mcp: { acme: server } } })
    await it.call("GET", "/mcp")
    const sent = it.console.to("/mcp").map(({ headers }) => headers.get("authorization"))
    expect(new Set(sent)).toEqual(new Set([`Bearer ${ACCESS}`]))
  })
})

import { describe, expect, test } from "bun:test"
import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { type TestServerOptions, testServer } from "../helper/server"
import { startStandIn } from "../helper/stand-in"

const TOKEN = "wk-secret-token"
const DOCUMENT = "/.well-known/opencode"

/** A server, and an organization that publishes its configuration. */
async function setup(options: TestServerOptions = {}) {
  const place = startStandIn()
  const it = await testServer({ git: false, ...options })
  return {
    ...it,
    place,
    login: (address = place.url) =>
      it.call("PUT", `/auth/${encodeURIComponent(address)}`, { type: "wellknown", key: "ACME_TOKEN", token: TOKEN }),
    config: async () => (await it.call("GET", "/config")).body,
    async [Symbol.asyncDispose]() {
      await it[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

const kept = (app: { paths: { cache: string } }) => join(app.paths.cache, "remote-config")

describe("a well-known address", () => {
  test("gives its configuration as soon as the login is stored, before all files", async () => {
    await using it = await setup({
      config: { share: "manual" },
      files: { "opencode.json": '{ "model": "project/m" }' },
    })
    it.place.answer(DOCUMENT, {
      config: { share: "disabled", model: "acme/m", small_model: "acme/{env:ACME_TOKEN}", instructions: ["A.md"] },
    })
    expect(await it.config()).not.toHaveProperty("small_model")
    expect(await it.login(`${it.place.url}/`)).toMatchObject({ status: 200, body: true })
    expect(await it.config()).toMatchObject({
      share: "manual",
      model: "project/m",
      small_model: `acme/${TOKEN}`,
      instructions: ["A.md"],
    })
    // Once, not for each request; and the token is for the configuration, not for the address.
    await it.config()
    expect(it.place.requests.map(({ path }) => path)).toEqual([DOCUMENT])
    expect(it.place.requests[0]?.headers.get("authorization")).toBeNull()
    expect(it.heard("server.instance.disposed").map(({ properties }) => properties)).toEqual([
      { directory: it.directory },
    ])
    expect((await it.call("GET", "/global/config")).body).toMatchObject({ share: "manual" })

    const [name = ""] = await readdir(kept(it.app))
    const file = join(kept(it.app), name)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await Bun.file(file).text()).not.toContain(TOKEN)
    expect(JSON.stringify([it.events, it.log])).not.toContain(TOKEN)

    await it.call("DELETE", `/auth/${encodeURIComponent(it.place.url)}`)
    expect(await it.config()).not.toHaveProperty("small_model")
    expect(await readdir(kept(it.app))).toEqual([])
  })

  test("makes the token a variable for all files", async () => {
    await using it = await setup({
      config: { username: "{env:ACME_TOKEN}" },
      files: { "opencode.json": '{ "model": "{env:ACME_TOKEN}/m" }' },
    })
    it.place.answer(DOCUMENT, {})
    await it.login()
    expect(await it.config()).toMatchObject({ username: TOKEN, model: `${TOKEN}/m` })
  })

  test.each([
    ["as it is", { username: "further", model: "acme/m" }],
    ["under config", { config: { username: "further", model: "acme/m" } }],
  ])("may say where the configuration is, which wins (%s)", async (_, answer) => {
    await using it = await setup()
    it.place.answer(DOCUMENT, {
      config: { username: "near", share: "manual" },
      remote_config: { url: `${it.place.url}/{env:ACME_TOKEN}`, headers: { "x-key": "Bearer {env:ACME_TOKEN}", n: 1 } },
    })
    it.place.answer(`/${TOKEN}`, answer)
    await it.login()
    expect(await it.config()).toMatchObject({ username: "further", share: "manual", model: "acme/m" })
    const [request] = it.place.to(`/${TOKEN}`)
    expect(request?.headers.get("x-key")).toBe(`Bearer ${TOKEN}`)
    expect(request?.headers.get("n")).toBeNull()
  })

  test("may be moved, but what is sent with a secret follows no redirection", async () => {
    await using it = await setup()
    await using other = startStandIn()
    const headers = { "x-key": "{env:ACME_TOKEN}" }
    it.place.answer(DOCUMENT, () => Response.redirect(`${other.url}/moved`))
    other.answer("/moved", { config: { share: "manual" }, remote_config: { url: `${it.place.url}/further`, headers } })
    it.place.answer("/further", { share: "disabled" }, () => Response.redirect(`${other.url}/stolen?${TOKEN}`))
    await it.login()
    expect((await it.config()).share).toBe("disabled")
    await it.call("PATCH", "/global/config", { username: "me" })
    expect(await it.config()).toMatchObject({ share: "disabled", username: "me" })
    expect(it.place.to("/further")).toHaveLength(2)
    expect(other.requests.map(({ path }) => path)).toEqual(["/moved", "/moved"])
    expect(it.log.join()).toContain("A configuration could not be fetched")
    expect(it.log.join()).not.toContain(TOKEN)
  })

  const large = `{"config":{"username":"${"x".repeat(4 * 1024 * 1024)}"}}`
  test.each([
    ["is gone", () => new Response("gone", { status: 404 })],
    ["answers with a page", () => new Response("<html>", { headers: { "content-type": "text/html" } })],
    ["answers with too much", () => new Response(large)],
    ["answers with what is no configuration", () => Response.json({ config: { model: [5] } })],
    ["names no web address", () => Response.json({ remote_config: { url: "file:///etc/passwd" } })],
    ["is nested without end", () => new Response(`{"config":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`)],
  ])("that %s breaks nothing; what was fetched last counts", async (_, broken) => {
    await using it = await setup({ config: { username: "user" } })
    it.place.answer(DOCUMENT, broken)
    await it.login()
    expect(await it.config()).toMatchObject({ username: "user" })
    it.place.answer(DOCUMENT, { config: { share: "manual" } }, broken)
    for (const username of ["second", "third"]) {
      await it.call("PATCH", "/global/config", { username })
      expect(await it.config()).toMatchObject({ username, share: "manual" })
    }
    expect(it.place.to(DOCUMENT)).toHaveLength(3)
  })

  test("whose machine is off, or that is none, breaks nothing", async () => {
    await using it = await setup({ config: { username: "user" } })
    for (const address of ["http://me:wk-secret-password@127.0.0.1:1", "acme", "ftp://acme.example"])
      await it.login(address)
    expect(await it.config()).toMatchObject({ username: "user" })
    expect(it.log.filter((line) => line.includes("A configuration could not be fetched"))).toHaveLength(3)
    expect(it.log.join()).not.toContain("secret")
  })
})

test("without any login nothing is fetched or kept", async () => {
  await using it = await setup()
  it.place.answer(DOCUMENT, { config: { username: "acme" } })
  await it.call("PUT", `/auth/${encodeURIComponent(it.place.url)}`, { type: "api", key: "sk-1" })
  await it.config()
  expect(it.place.requests).toEqual([])
  expect(await readdir(it.app.paths.cache)).toEqual([])
  expect(it.heard("global.disposed")).toEqual([])
})

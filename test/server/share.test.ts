import { describe, expect, test } from "bun:test"
import { Type } from "@sinclair/typebox"
import { route } from "../../src/server/route"
import { testServer } from "../helper/server"
import { shared } from "../helper/shared"

describe("POST /session/:id/share", () => {
  test("gives a link that nobody can guess, tells of it, and gives it again", async () => {
    await using it = await testServer()
    const made = (await it.call("POST", "/session")).body
    const answer = await it.call("POST", `/session/${made.id}/share`)
    const { url } = answer.body.share
    expect(url).toMatch(new RegExp(`^${it.url}/share/[\\w-]{32}$`))
    expect(answer.body).toEqual({ ...made, share: { url } })
    expect(it.heard("session.updated").map(({ properties }) => properties.info)).toEqual([answer.body])
    expect((await it.call("GET", `/session/${made.id}`)).body).toEqual(answer.body)
    expect((await it.call("POST", `/session/${made.id}/share`)).body).toEqual(answer.body)

    const other = (await it.call("POST", "/session")).body.id
    expect((await it.call("POST", `/session/${other}/share`)).body.share.url).not.toBe(url)
    expect((await it.call("POST", "/session/ses_none/share")).status).toBe(404)
  })

  test("makes the link for the address that the client uses", async () => {
    await using it = await shared()
    const { port } = new URL(it.url)
    const at = async (headers: Record<string, string>) =>
      (await it.call("POST", `/session/${it.id}/share`, undefined, headers)).body.share.url
    expect(await at({ host: `localhost:${port}` })).toBe(`http://localhost:${port}${it.path}`)
    expect(await at({ host: "box.local", "x-forwarded-proto": "https" })).toBe(`https://box.local${it.path}`)
    expect((await it.page()).status).toBe(200)
  })

  test.each([
    ["configuration", { config: { share: "disabled" } }],
    ["environment", { env: { OPENCODE_DISABLE_SHARE: "true" }, config: { share: "auto" } }],
  ])("is refused when the %s says so", async (_, options) => {
    await using it = await testServer(options)
    const { id, share } = (await it.call("POST", "/session")).body
    expect(share).toBeUndefined()
    expect(await it.call("POST", `/session/${id}/share`)).toMatchObject({
      status: 403,
      body: { name: "Forbidden", data: { message: expect.stringContaining("Sharing is disabled") } },
    })
    expect((await it.call("DELETE", `/session/${id}/share`)).status).toBe(200)
  })

  test.each([
    ["share: auto", { config: { share: "auto" } }],
    ["autoshare: true", { config: { autoshare: true } }],
    ["OPENCODE_AUTO_SHARE", { env: { OPENCODE_AUTO_SHARE: "1" } }],
  ])("is not needed with %s, except for child sessions", async (_, options) => {
    await using it = await testServer(options)
    const { id, share } = (await it.call("POST", "/session")).body
    expect((await it.call("GET", new URL(share.url).pathname)).status).toBe(200)
    expect((await it.call("POST", "/session", { parentID: id })).body.share).toBeUndefined()
    const fork = (await it.call("POST", `/session/${id}/fork`)).body
    expect(fork.share.url).not.toBe(share.url)
  })
})

describe("the link ends", () => {
  test("with DELETE, at once and for good", async () => {
    await using it = await shared()
    const before = it.heard("session.updated").length
    const ended = (await it.call("DELETE", `/session/${it.id}/share`)).body
    expect(ended.share).toBeUndefined()
    expect(await it.page()).toMatchObject({ status: 404, body: expect.stringContaining("Nothing is shared here") })
    expect((await it.call("GET", `${it.path}/events`)).status).toBe(404)
    expect(it.heard("session.updated").length).toBe(before + 1)
    const again = (await it.call("POST", `/session/${it.id}/share`)).body.share.url
    expect(again).not.toBe(it.link)
    expect((await it.page()).status).toBe(404)
  })

  test("with its session", async () => {
    await using it = await shared()
    await it.call("DELETE", `/session/${it.id}`)
    expect((await it.page()).status).toBe(404)
  })

  test("while sharing is disabled", async () => {
    await using it = await shared()
    await it.call("PATCH", "/config", { share: "disabled" })
    expect((await it.page()).status).toBe(404)
  })
})

describe("who has the link", () => {
  test("needs no password, and gets nothing but the page", async () => {
    await using it = await shared({ password: "secret" })
    expect((await it.page()).status).toBe(200)
    expect((await it.call("HEAD", it.path)).status).toBe(200)
    const stream = await it.stream(`${it.path}/events`)
    expect((await stream.next()).data).toEqual({ state: expect.any(Number) })
    for (const [method, path] of [
      ["GET", "/session"],
      ["GET", `/session/${it.id}`],
      ["GET", `/session/${it.id}/message`],
      ["DELETE", `/session/${it.id}/share`],
      ["POST", it.path],
      ["GET", `${it.path}/message`],
      ["GET", "/share"],
      ["GET", "/event"],
    ] as const)
      expect(`${path} ${(await it.call(method, path)).status}`).toBe(`${path} 401`)
  })

  test.each([
    ["one character off", (secret: string) => `${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`],
    ["in another case", (secret: string) => secret.toUpperCase()],
    ["empty at the end", (secret: string) => `${secret}%00`],
    ["a session id", () => "ses_1"],
    ["a wildcard", () => "%25"],
  ])("does not get it with a secret that is %s", async (_, change) => {
    await using it = await shared({ password: "secret" })
    const answer = await it.call("GET", `/share/${change(it.path.slice("/share/".length))}`)
    expect(answer.status).toBe(404)
    expect(answer.body).not.toContain("Shared</h1>")
  })
})

test("the secret of a link is not in the log, whatever happens", async () => {
  const definition = { id: "x", tags: [], summary: "", hidden: true, params: { secret: Type.String() }, responses: {} }
  const failing = route("GET", "/share/:secret", definition, () => {
    throw new Error("Something broke")
  })
  await using it = await testServer({ routes: [failing] })
  expect((await it.call("GET", "/share/very-secret")).status).toBe(500)
  expect(it.log.join("")).toContain("Something broke")
  expect(it.log.join("")).not.toContain("very-secret")
})

import { describe, expect, test } from "bun:test"
import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { testServer } from "../helper/server"

const KEY = "sk-of-the-user-0123456789"

describe("PUT and DELETE /auth/:id", () => {
  test("connect and disconnect a provider at once, in directories that are open already, too", async () => {
    await using it = await testServer({ git: false })
    const other = await it.makeDirectory("other", { git: false })
    const connected = async (directory: string) => {
      const query = `?directory=${encodeURIComponent(directory)}`
      const [all, configured] = await Promise.all([
        it.call("GET", `/provider${query}`),
        it.call("GET", `/config/providers${query}`),
      ])
      const ids = configured.body.providers.map(({ id }: { id: string }) => id)
      expect(all.body.connected).toEqual(ids)
      expect(JSON.stringify([all.body, configured.body])).not.toContain(KEY)
      return ids
    }
    expect(await connected(it.directory)).toEqual(["demo"])
    expect(await it.call("PUT", "/auth/anthropic", { type: "api", key: KEY })).toMatchObject({
      status: 200,
      body: true,
    })
    expect(await connected(it.directory)).toEqual(["anthropic"])
    expect(await connected(other)).toEqual(["anthropic"])
    expect(await it.call("PUT", "/auth/groq", { type: "api", key: KEY })).toMatchObject({ body: true })
    expect((await connected(other)).sort()).toEqual(["anthropic", "groq"])

    expect(await it.call("DELETE", "/auth/anthropic")).toMatchObject({ status: 200, body: true })
    expect(await connected(it.directory)).toEqual(["groq"])
    expect(await it.call("DELETE", "/auth/anthropic")).toMatchObject({ status: 200, body: true })
    expect(it.log.join("")).not.toContain(KEY)
  })

  test("keep what is stored in a file of the user's alone", async () => {
    await using it = await testServer({ git: false })
    const oauth = { type: "oauth", refresh: "r", access: "a", expires: 1234 }
    await it.call("PUT", "/auth/a%2Fb", { type: "api", key: "slash", metadata: { region: "eu" } })
    await it.call("PUT", "/auth/some-oauth", oauth)
    const { data } = it.app.paths
    expect(await Bun.file(join(data, "auth.json")).json()).toEqual({
      "a/b": { type: "api", key: "slash", metadata: { region: "eu" } },
      "some-oauth": oauth,
    })
    expect((await stat(join(data, "auth.json"))).mode & 0o777).toBe(0o600)
    expect((await readdir(data)).filter((name) => name.startsWith("auth.json"))).toEqual(["auth.json"])
  })

  test.each([
    ["without a key", { type: "api" }, 'Missing key\n  at ["key"]'],
    ["of an unknown type", { type: "bogus", key: "k" }, "Expected Auth"],
    ["with a time that is no number", { type: "oauth", refresh: "r", access: "a", expires: "soon" }, "expires"],
  ])("refuse a credential %s", async (_, body, message) => {
    await using it = await testServer({ git: false })
    const answer = await it.call("PUT", "/auth/x", body)
    expect(answer).toMatchObject({ status: 400, body: { name: "BadRequest" } })
    expect(answer.body.data.message).toContain(message)
    expect(await Bun.file(join(it.app.paths.data, "auth.json")).exists()).toBe(false)
  })
})

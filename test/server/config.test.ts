import { describe, expect, test } from "bun:test"
import { stat } from "node:fs/promises"
import { userInfo } from "node:os"
import { join } from "node:path"
import { testServer } from "../helper/server"

const $schema = "https://opencode.ai/config.json"
const defaults = { $schema, command: {}, plugin: [], mode: {}, agent: {}, username: userInfo().username }

describe("configuration over HTTP", () => {
  test("GET /config and GET /global/config answer what the files say", async () => {
    await using it = await testServer({
      config: { username: "me", theme: "unknown" },
      files: { "opencode.jsonc": '{ "share": "manual", /* why */ "model": "a/b", }' },
    })
    expect(await it.call("GET", "/config")).toMatchObject({
      status: 200,
      body: { ...defaults, username: "me", share: "manual", model: "a/b" },
    })
    expect((await it.call("GET", "/global/config")).body).toEqual({ $schema, username: "me" })
  })

  test("a broken file is told on every request for its directory, and only there", async () => {
    await using it = await testServer()
    const broken = await it.makeDirectory("broken", { files: { "opencode.json": '{ "model": 5 }' } })
    const body = {
      name: "ConfigInvalidError",
      data: {
        path: join(broken, "opencode.json"),
        issues: [{ path: ["model"], message: "Expected string | undefined, got 5" }],
      },
    }
    for (const path of ["/config", "/agent", "/session", "/path"]) {
      const query = `?directory=${encodeURIComponent(broken)}`
      expect(await it.call("GET", path + query)).toMatchObject({ status: 400, body })
      expect(await it.call("GET", path)).toMatchObject({ status: 200 })
    }
  })

  test("PATCH /config holds at once, in what follows from it too", async () => {
    await using it = await testServer({ files: { "opencode.json": "{}" } })
    const patch = {
      username: "me",
      agent: { mine: { description: "Mine", mode: "subagent" } },
      command: { go: { template: "Go" } },
    }
    const answer = await it.call("PATCH", "/config", patch)
    const config = {
      ...defaults,
      ...patch,
      agent: { mine: { description: "Mine", mode: "subagent", options: {}, permission: {} } },
    }
    expect(answer).toMatchObject({ status: 200, body: config })
    expect((await it.call("GET", "/config")).body).toEqual(answer.body)
    const names = (body: { name: string }[]) => body.map(({ name }) => name)
    expect(names((await it.call("GET", "/agent")).body)).toContain("mine")
    expect(names((await it.call("GET", "/command")).body)).toEqual(["init", "review", "go", "customize-opencode"])
    expect(it.heard("server.instance.disposed")).toEqual([
      { type: "server.instance.disposed", properties: { directory: it.directory } },
    ])

    expect(await it.call("PATCH", "/config", { model: 5 })).toMatchObject({
      status: 400,
      body: { name: "BadRequest", data: { message: 'Expected string | null, got 5\n  at ["model"]', kind: "Payload" } },
    })
    expect((await it.call("GET", "/config")).body).toEqual(answer.body)
  })

  test("PATCH /global/config holds for all directories at once", async () => {
    await using it = await testServer()
    const other = await it.makeDirectory("other")
    const inOther = `/config?directory=${encodeURIComponent(other)}`
    await Promise.all([it.call("GET", "/config"), it.call("GET", inOther)])
    expect((await it.call("PATCH", "/global/config", { username: "me" })).body).toEqual({ $schema, username: "me" })
    expect((await it.call("GET", "/config")).body).toMatchObject({ username: "me" })
    expect((await it.call("GET", inOther)).body).toMatchObject({ username: "me" })
    expect(
      it
        .heard("server.instance.disposed")
        .map(({ properties }) => properties.directory)
        .sort(),
    ).toEqual([it.directory, other].sort())
    expect(it.heard("global.disposed")).toHaveLength(1)
  })

  test("GET /agent, /command and /skill answer lists without empty fields", async () => {
    await using it = await testServer({
      files: {
        ".opencode/agent/mine.md": "---\ndescription: Mine\n---\nBe mine.\n",
        ".opencode/command/nested/go.md": "Go $1",
        ".opencode/skill/demo/SKILL.md": "---\nname: demo\n---\nBody\n",
      },
    })
    const agents = (await it.call("GET", "/agent")).body
    expect(agents.map(({ name }: { name: string }) => name)).toEqual([
      "build",
      "compaction",
      "explore",
      "general",
      "mine",
      "plan",
      "summary",
      "title",
    ])
    const { permission, ...mine } = agents[4]
    expect(mine).toEqual({
      name: "mine",
      description: "Mine",
      mode: "all",
      native: false,
      prompt: "Be mine.",
      options: {},
    })
    expect(permission[0]).toEqual({ permission: "*", pattern: "*", action: "allow" })
    const [, , go, , demo] = (await it.call("GET", "/command")).body
    expect(go).toEqual({ name: "nested/go", source: "command", template: "Go $1", hints: ["$1"] })
    expect(demo).toEqual({ name: "demo", source: "skill", template: "Body\n", hints: [] })
    expect((await it.call("GET", "/skill")).body[1]).toEqual({
      name: "demo",
      location: join(it.directory, ".opencode/skill/demo/SKILL.md"),
      content: "Body\n",
    })
  })
})

describe("credentials over HTTP", () => {
  test("PUT and DELETE /auth/:id change the file that only the user can read", async () => {
    await using it = await testServer()
    const path = join(it.app.paths.data, "auth.json")
    expect(await it.call("PUT", "/auth/fake", { type: "api", key: "sk-test" })).toMatchObject({
      status: 200,
      body: true,
    })
    expect(await it.call("PUT", "/auth/a%2Fb", { type: "api", key: "k", metadata: { a: "b" } })).toMatchObject({
      body: true,
    })
    expect(await Bun.file(path).json()).toEqual({
      fake: { type: "api", key: "sk-test" },
      "a/b": { type: "api", key: "k", metadata: { a: "b" } },
    })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await it.call("DELETE", "/auth/fake")).toMatchObject({ status: 200, body: true })
    expect(await it.call("DELETE", "/auth/nope")).toMatchObject({ status: 200, body: true })
    expect(Object.keys(await Bun.file(path).json())).toEqual(["a/b"])
    expect(it.log.join("")).not.toContain("sk-test")
  })

  test.each([
    ["a missing key", { type: "api" }, 'Missing key\n  at ["key"]'],
    ["an unknown type", { type: "bogus", key: "k" }, 'Expected Auth, got {"type":"bogus","key":"k"}'],
  ])("refuses %s", async (_, body, message) => {
    await using it = await testServer()
    expect(await it.call("PUT", "/auth/x", body)).toMatchObject({
      status: 400,
      body: { name: "BadRequest", data: { message, kind: "Payload" } },
    })
    expect(await Bun.file(join(it.app.paths.data, "auth.json")).exists()).toBe(false)
  })
})

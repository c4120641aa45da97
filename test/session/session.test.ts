import { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import type { MessageWithParts } from "../../src/store/store"
import { script } from "../helper/script"
import { testServer } from "../helper/server"

const ZERO = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }

describe("POST /session", () => {
  test("stores the session, answers it and announces it", async () => {
    await using it = await testServer()
    const made = await it.call("POST", "/session", { title: "Fix the build" })
    expect(made.body).toEqual({
      id: expect.stringMatching(/^ses_[0-9a-f]{12}[0-9A-Za-z]{14}$/),
      slug: expect.stringMatching(/^[a-z]+-[a-z]+$/),
      version: "0.0.0-test",
      projectID: expect.stringMatching(/^[0-9a-f]{40}$/),
      directory: it.directory,
      path: "",
      title: "Fix the build",
      cost: 0,
      tokens: ZERO,
      time: { created: expect.any(Number), updated: made.body.time.created },
    })
    expect((await it.call("GET", `/session/${made.body.id}`)).body).toEqual(made.body)
    expect(it.heard("session.created")).toEqual([
      { type: "session.created", properties: { sessionID: made.body.id, info: made.body } },
    ])
  })

  test("gives a title of its own to sessions and child sessions without one", async () => {
    await using it = await testServer()
    const parent = (await it.call("POST", "/session")).body
    const child = (await it.call("POST", "/session", { parentID: parent.id })).body
    expect(parent.title).toMatch(/^New session - \d{4}-/)
    expect(child).toMatchObject({ parentID: parent.id, title: expect.stringMatching(/^Child session - /) })
    expect((await it.call("GET", `/session/${parent.id}/children`)).body).toEqual([child])
  })

  test.each([
    ["a title that is no text", { title: 7 }],
    ["a parent id of another kind", { parentID: "msg_1" }],
    ["a list", []],
    ["JSON that is none", "{bad"],
  ])("refuses %s and announces nothing", async (_, body) => {
    await using it = await testServer()
    const answer = await it.call("POST", "/session", body)
    expect(answer).toMatchObject({ status: 400, body: { _tag: "BadRequest", data: { message: expect.any(String) } } })
    expect(it.heard("session.created")).toEqual([])
  })
})

describe("GET /session", () => {
  test("lists the project, or the directory that the request names, the last updated first", async () => {
    await using it = await testServer({ files: { "src/a.ts": "" } })
    const root = (await it.call("POST", "/session", { title: "In root" })).body
    const src = encodeURIComponent(`${it.directory}/src`)
    const below = (await it.call("POST", `/session?directory=${src}`, { title: "In src" })).body
    expect(below).toMatchObject({ projectID: root.projectID, path: "src", directory: `${it.directory}/src` })
    const titles = async (query: string) =>
      (await it.call("GET", `/session${query}`)).body.map((each: { title: string }) => each.title)
    expect(await titles("")).toEqual(["In src", "In root"])
    expect(await titles(`?directory=${src}`)).toEqual(["In src"])
    expect(await titles(`?directory=${src}&scope=project`)).toEqual(["In src", "In root"])
    const deep = encodeURIComponent(`${it.directory}/src/deep`)
    await it.call("POST", `/session?directory=${deep}`, { title: "In deep" })
    expect(await titles("?path=src")).toEqual(["In deep", "In src"])
    expect(await titles(`?path=src/deep&directory=${src}`)).toEqual(["In deep"])
    expect(await titles("?path=sr")).toEqual([])
    expect(await titles(`?path=&directory=${src}`)).toEqual(["In deep", "In src", "In root"])
    const everywhere = async (query: string) =>
      (await it.call("GET", `/experimental/session${query}`)).body.map((each: { title: string }) => each.title)
    expect(await everywhere("")).toEqual(["In deep", "In src", "In root"])
    expect(await everywhere(`?directory=${src}`)).toEqual(["In src"])
    expect(await everywhere(`?directory=${src}/../src/`)).toEqual(["In src"])
    await it.call("DELETE", `/session/${(await it.call("GET", "/session?path=src/deep")).body[0].id}`)
    expect(await titles("?search=ROOT")).toEqual(["In root"])
    expect(await titles("?limit=1")).toEqual(["In src"])
    expect(await titles(`?start=${below.time.updated + 1000}`)).toEqual([])
  })
})

describe("PATCH /session/:id", () => {
  test("changes what is given: rules are added, metadata replaced", async () => {
    await using it = await testServer()
    const { id, time } = (await it.call("POST", "/session", { metadata: { a: 1 } })).body
    const rule = { permission: "bash", pattern: "*", action: "deny" }
    await it.call("PATCH", `/session/${id}`, { permission: [rule] })
    await it.call("PATCH", `/session/${id}`, { permission: [rule], metadata: { b: 2 } })
    const changed = (await it.call("PATCH", `/session/${id}`, { title: "", time: { archived: 5 } })).body
    expect(changed).toMatchObject({ title: "", metadata: { b: 2 }, permission: [rule, rule], time: { archived: 5 } })
    expect(changed.time.updated).toBeGreaterThanOrEqual(time.updated)
    expect(it.heard("session.updated")).toHaveLength(3)
  })

  test("without anything to change announces nothing", async () => {
    await using it = await testServer()
    const made = (await it.call("POST", "/session")).body
    expect((await it.call("PATCH", `/session/${made.id}`, {})).body).toEqual(made)
    expect(it.heard("session.updated")).toEqual([])
  })
})

describe("DELETE /session/:id", () => {
  test("removes children first, stops what runs and forgets everything", async () => {
    await using it = await testServer()
    const parent = (await it.call("POST", "/session", { title: "P" })).body.id
    const child = (await it.call("POST", "/session", { parentID: parent, title: "C" })).body.id
    const running = it.call("POST", `/session/${child}/message`, script([{ stall: true }]))
    await it.waitFor("session.status")
    expect((await it.call("DELETE", `/session/${parent}`)).body).toBe(true)
    await running
    expect(it.heard("session.deleted").map(({ properties }) => properties.sessionID)).toEqual([child, parent])
    for (const id of [parent, child]) {
      expect(await it.call("GET", `/session/${id}`)).toMatchObject({ status: 404, body: { name: "NotFoundError" } })
      expect((await it.call("GET", `/session/${id}/message`)).status).toBe(404)
    }
    expect((await it.call("GET", "/session")).body).toEqual([])
  })
})

describe("DELETE of a session that waits for a subagent", () => {
  test("stops the session itself, not only the subagent", async () => {
    await using it = await testServer()
    const id = (await it.call("POST", "/session", { title: "Work" })).body.id
    const input = { description: "Hang", prompt: script([{ stall: true }]).parts[0]?.text, subagent_type: "general" }
    const running = it.call("POST", `/session/${id}/message`, script([{ tool: "task", input }], "never"))
    await it.waitFor((event) => event.type === "session.status" && event.properties.sessionID !== id)
    expect((await it.call("DELETE", `/session/${id}`)).status).toBe(200)
    await running
    const parts = it.heard("message.part.updated").map(({ properties }) => properties.part)
    expect(parts.findLast((part) => part.type === "tool")).toMatchObject({
      tool: "task",
      state: { status: "error", error: "Tool execution aborted" },
    })
    expect(it.heard("session.deleted")).toHaveLength(2)
  })
})

describe("POST /session/:id/fork", () => {
  test("keeps what a compaction keeps", async () => {
    await using it = await testServer({ config: { compaction: { tail_turns: 1 } } })
    const id = (await it.call("POST", "/session", { title: "Work" })).body.id
    await it.call("POST", `/session/${id}/message`, script("One."))
    await it.call("POST", `/session/${id}/summarize`, { providerID: "demo", modelID: "script" })
    const fork = (await it.call("POST", `/session/${id}/fork`)).body
    const copies = (await it.call("GET", `/session/${fork.id}/message`)).body
    expect(copies[2].parts).toMatchObject([{ type: "compaction", tail_start_id: copies[0].info.id }])
  })

  test("copies the messages before the given one under new ids", async () => {
    await using it = await testServer()
    const id = (await it.call("POST", "/session", { title: "Work" })).body.id
    await it.call("POST", `/session/${id}/message`, script("One."))
    await it.call("POST", `/session/${id}/message`, script("Two."))
    const original = (await it.call("GET", `/session/${id}/message`)).body
    const fork = (await it.call("POST", `/session/${id}/fork`, { messageID: original[2].info.id })).body
    expect(fork).toMatchObject({ title: "Work (fork #1)", tokens: ZERO })
    expect(fork.parentID).toBeUndefined()

    const copies = (await it.call("GET", `/session/${fork.id}/message`)).body
    expect(copies).toHaveLength(2)
    expect(copies[1].parts.map((part: { text?: string }) => part.text)).toEqual([undefined, "One.", undefined])
    expect(copies[1].info.parentID).toBe(copies[0].info.id)
    expect(copies[0].info.id).not.toBe(original[0].info.id)
    const sums = (await it.call("GET", `/session/${fork.id}`)).body.tokens
    const { total: _, ...step } = original[1].info.tokens
    expect(sums).toEqual(step)
    expect((await it.call("POST", `/session/${fork.id}/fork`)).body.title).toBe("Work (fork #2)")
  })

  test("announces the session, each copy, and last its sums", async () => {
    await using it = await testServer()
    const id = (await it.call("POST", "/session", { title: "Work" })).body.id
    await it.call("POST", `/session/${id}/message`, script("One."))
    const before = it.events.length
    const fork = (await it.call("POST", `/session/${id}/fork`)).body
    const stored = (await it.call("GET", `/session/${fork.id}`)).body
    const copies: MessageWithParts[] = (await it.call("GET", `/session/${fork.id}/message`)).body
    expect(it.events.slice(before)).toMatchObject([
      { type: "session.created", properties: { sessionID: fork.id, info: fork } },
      ...copies.flatMap(({ info, parts }) => [
        { type: "message.updated", properties: { sessionID: fork.id, info } },
        ...parts.map((part) => ({ type: "message.part.updated", properties: { sessionID: fork.id, part } })),
      ]),
      { type: "session.updated", properties: { sessionID: fork.id, info: stored } },
    ])
    expect(copies.map(({ parts }) => parts.length)).toEqual([1, 3])
  })

  test("that cannot be stored leaves nothing and announces nothing", async () => {
    await using it = await testServer()
    const id = (await it.call("POST", "/session", { title: "Work" })).body.id
    await it.call("POST", `/session/${id}/message`, script("One."))
    const [session] = (await it.call("GET", "/session")).body
    const before = it.events.length
    const database = new Database(join(it.app.paths.data, "server.db"))
    database.run("create trigger full before insert on part begin select raise(abort, 'disk full'); end")
    database.close()
    expect(await it.call("POST", `/session/${id}/fork`)).toMatchObject({ status: 500, body: { name: "UnknownError" } })
    expect((await it.call("GET", "/session")).body).toEqual([session])
    expect(it.events.slice(before)).toEqual([])
  })
})

describe("POST /session/:id/abort", () => {
  test.each([["an idle session"], ["an unknown one"]])("answers true for %s and announces idle", async (kind) => {
    await using it = await testServer()
    const made = (await it.call("POST", "/session")).body.id
    const id = kind === "an idle session" ? made : "ses_unknown"
    expect((await it.call("POST", `/session/${id}/abort`)).body).toBe(true)
    expect(it.heard("session.idle")).toEqual([{ type: "session.idle", properties: { sessionID: id } }])
  })
})

import { Database } from "bun:sqlite"
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { newShareSecret, secretOf, shareLink } from "../../src/base/share-link"
import type { Project } from "../../src/schema/project"
import { StoreOpenError } from "../../src/store/open-error"
import { openStore } from "../../src/store/sqlite"
import type { Change, Store } from "../../src/store/store"
import { message, part, session } from "./fixture"

const now = () => 1_700_000_000_000
let directory: string
let file: string
let store: Store

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "store-"))
  file = join(directory, "data", "server.db")
  store = await openStore(file, { now })
})
afterEach(async () => {
  await store.close()
  await rm(directory, { recursive: true })
})

const project = (id: string, created: number): Project => ({
  id,
  worktree: `/${id}`,
  sandboxes: [],
  time: { created, updated: created },
})

describe("commit", () => {
  test("numbers the changes and answers the last number", async () => {
    const one = session()
    expect(await store.lastSeq()).toBe(0)
    expect(await store.commit([{ put: "session", data: one }])).toBe(1)
    const info = message(one.id)
    expect(
      await store.commit([
        { put: "message", data: info },
        { put: "part", data: part(info) },
      ]),
    ).toBe(3)
    expect(await store.lastSeq()).toBe(3)
    expect(await store.commit([])).toBe(3)
  })

  test("all or nothing, and one that fails leaves the others of its tick alone", async () => {
    const good = session()
    const bad = session()
    const results = await Promise.allSettled([
      store.commit([{ put: "session", data: good }]),
      store.commit([
        { put: "session", data: bad },
        { put: "part", data: part(message(bad.id)) },
      ]),
      store.commit([{ put: "message", data: message(good.id) }]),
    ])
    expect(results.map((each) => each.status)).toEqual(["fulfilled", "rejected", "fulfilled"])
    expect(results[2]).toMatchObject({ value: 2 })
    expect(await store.findSession(bad.id)).toBeUndefined()
    expect(await store.findSession(good.id)).toEqual(good)
    expect(await store.lastSeq()).toBe(2)
  })

  test("a read sees what was handed over before it, answered or not", async () => {
    const one = session()
    const committed = store.commit([{ put: "session", data: one }])
    expect(await store.findSession(one.id)).toEqual(one)
    expect(await committed).toBe(1)
  })

  test("refuses a message, part or todo list that belongs to nothing", async () => {
    const info = message("ses_none")
    const changes: Change[] = [
      { put: "message", data: info },
      { put: "part", data: part(info) },
      { put: "todo", sessionID: "ses_none", data: [] },
    ]
    for (const change of changes) expect(store.commit([change])).rejects.toMatchObject({ status: 404 })
    expect(await store.lastSeq()).toBe(0)
  })

  test("the numbers go on where they were after closing, also when the last change was a removal", async () => {
    const one = session()
    await store.commit([{ put: "session", data: one }])
    expect(await store.commit([{ remove: "session", id: one.id }])).toBe(2)
    await store.close()
    store = await openStore(file, { now })
    expect(await store.lastSeq()).toBe(2)
  })

  test("after closing there is a clear error", async () => {
    await store.close()
    expect(store.commit([])).rejects.toThrow("The store is closed")
    expect(store.listProjects()).rejects.toThrow("The store is closed")
  })
})

describe("removal", () => {
  test("a session takes its messages, parts and todos along, its children stay", async () => {
    const one = session()
    const child = session({ parentID: one.id })
    const info = message(one.id)
    const text = part(info)
    await store.commit([
      { put: "session", data: one },
      { put: "session", data: child },
      { put: "message", data: info },
      { put: "part", data: text },
      { put: "todo", sessionID: one.id, data: [{ content: "x", status: "pending", priority: "low" }] },
    ])
    expect(await store.listTodos(one.id)).toHaveLength(1)
    await store.commit([{ remove: "session", id: one.id }])
    expect(await store.findSession(one.id)).toBeUndefined()
    expect(await store.findMessage(one.id, info.id)).toBeUndefined()
    expect(await store.findPart(one.id, info.id, text.id)).toBeUndefined()
    expect(await store.listTodos(one.id)).toEqual([])
    expect(await store.listSessions({ parentID: one.id })).toEqual([child])
  })

  test("a message takes its parts along; what is not there is no error", async () => {
    const one = session()
    const info = message(one.id)
    await store.commit([
      { put: "session", data: one },
      { put: "message", data: info },
      { put: "part", data: part(info) },
    ])
    await store.commit([{ remove: "message", sessionID: one.id, id: info.id }])
    expect(await store.listParts(one.id, info.id)).toEqual([])
    await store.commit([{ remove: "message", sessionID: one.id, id: info.id }])
    await store.commit([{ remove: "session", id: "ses_unknown" }])
    await store.commit([{ remove: "part", sessionID: "ses_unknown", messageID: "msg_x", id: "prt_x" }])
  })
})

describe("changes feed", () => {
  test("the current state of what changed, in order, with deletions", async () => {
    const one = session()
    const two = session({ directory: "/other", projectID: "p2" })
    const info = message(one.id)
    const first = part(info, "first")
    const second = part(info, "second")
    await store.commit([
      { put: "session", data: one },
      { put: "message", data: info },
      { put: "part", data: first },
      { put: "part", data: second },
      { put: "session", data: two },
      { put: "project", data: project("p2", 1) },
      { put: "todo", sessionID: one.id, data: [] },
    ])
    const renamed = { ...one, title: "Renamed" }
    await store.commit([{ put: "session", data: renamed }])
    await store.commit([{ remove: "part", sessionID: one.id, messageID: info.id, id: second.id }])
    const scope = { directory: "/somewhere", projectID: "global" }
    expect(await store.changesSince(0, { directory: "/somewhere" }, 100)).toEqual([
      { seq: 2, ...scope, type: "message.updated", info },
      { seq: 3, ...scope, type: "message.part.updated", part: first },
      { seq: 8, ...scope, type: "session.updated", info: renamed },
      {
        seq: 9,
        ...scope,
        type: "message.part.removed",
        sessionID: one.id,
        messageID: info.id,
        partID: second.id,
      },
    ])
    expect((await store.changesSince(2, {}, 2)).map((entry) => entry.seq)).toEqual([3, 5])
    expect(await store.changesSince(9, {}, 100)).toEqual([])
  })

  test("the end of a session covers all that was in it", async () => {
    const one = session()
    const info = message(one.id)
    await store.commit([
      { put: "session", data: one },
      { put: "message", data: info },
      { remove: "message", sessionID: one.id, id: info.id },
      { remove: "session", id: one.id },
    ])
    expect(await store.changesSince(0, {}, 100)).toEqual([
      { seq: 4, directory: "/somewhere", projectID: "global", type: "session.deleted", info: one },
    ])
  })
})

test("a shared session is found by the secret of its link while it has one", async () => {
  const link = shareLink("https://host:1", newShareSecret())
  const secret = secretOf(link) ?? ""
  const shared = session({ share: { url: link } })
  const foreign = session({ share: { url: "https://elsewhere.example/s/abc" } })
  await store.commit([shared, foreign].map((data) => ({ put: "session", data })))
  expect(await store.findSharedSession(secret)).toEqual(shared)
  for (const other of ["", "abc", secret.slice(1), secret.toLowerCase(), link])
    expect(await store.findSharedSession(other)).toBeUndefined()

  const { share, ...ended } = shared
  await store.commit([{ put: "session", data: ended }])
  expect(await store.findSharedSession(secret)).toBeUndefined()
  await store.commit([{ put: "session", data: shared }])
  await store.commit([{ remove: "session", id: shared.id }])
  expect(await store.findSharedSession(secret)).toBeUndefined()
})

describe("lists", () => {
  test("projects in the order they were made", async () => {
    await store.commit([
      { put: "project", data: project("b", 1) },
      { put: "project", data: project("a", 2) },
      { put: "project", data: { ...project("b", 1), name: "Renamed" } },
    ])
    expect((await store.listProjects()).map((each) => each.name ?? each.id)).toEqual(["Renamed", "a"])
    expect(await store.findProject("a")).toEqual(project("a", 2))
    expect(await store.findProject("none")).toBeUndefined()
  })

  test("sessions newest first, by each filter", async () => {
    const made = [
      session({ id: "ses_1", title: "Ärger mit Tests", time: { created: 1, updated: 10 }, path: "" }),
      session({ id: "ses_2", title: "100% Done", time: { created: 2, updated: 30 }, directory: "/other", path: "src" }),
      session({ id: "ses_3", parentID: "ses_1", time: { created: 3, updated: 20 }, projectID: "p2" }),
      session({ id: "ses_4", time: { created: 4, updated: 20, archived: 40 } }),
    ]
    await store.commit(made.map((data) => ({ put: "session", data })))
    const ids = async (filter: Parameters<Store["listSessions"]>[0]) =>
      (await store.listSessions(filter)).map((each) => each.id.slice(4)).join("")
    expect(await ids({})).toBe("2341")
    expect(await ids({ limit: 2 })).toBe("23")
    expect(await ids({ limit: 0 })).toBe("")
    expect(await ids({ projectID: "global" })).toBe("241")
    expect(await ids({ directory: "/other" })).toBe("2")
    expect(await ids({ path: "src" })).toBe("2")
    expect(await ids({ path: "sr" })).toBe("")
    expect(await ids({ roots: true })).toBe("241")
    expect(await ids({ parentID: "ses_1" })).toBe("3")
    expect(await ids({ start: 20 })).toBe("234")
    expect(await ids({ after: { updated: 20 } })).toBe("1")
    expect(await ids({ after: { updated: 20, id: "ses_3" } })).toBe("41")
    expect(await ids({ after: { updated: 20, id: "ses_4" }, roots: true })).toBe("1")
    expect(await ids({ after: { updated: 25, id: "ses_9" } })).toBe("341")
    expect(await ids({ search: "ÄRGER" })).toBe("1")
    expect(await ids({ search: "0% d" })).toBe("2")
    expect(await ids({ search: "%" })).toBe("2")
    expect(await ids({ archived: false })).toBe("231")
    expect(await ids({ archived: true, projectID: "global", roots: true, start: 20 })).toBe("24")
    // Ids of sessions descend with time: ses_1 stands for the newest here.
    expect(await ids({ walk: { towards: "older" } })).toBe("1234")
    expect(await ids({ walk: { towards: "newer" }, limit: 3 })).toBe("432")
    expect(await ids({ walk: { towards: "older", from: "ses_2" } })).toBe("34")
    expect(await ids({ walk: { towards: "newer", from: "ses_3" }, projectID: "global" })).toBe("21")
  })

  test("messages oldest first with their parts, and by page", async () => {
    const one = session()
    const infos = [30, 10, 20, 20].map((created) => message(one.id, created))
    await store.commit([{ put: "session", data: one }, ...infos.map((data) => ({ put: "message", data }) as const)])
    const [late, early, middle, next] = infos as [
      (typeof infos)[0],
      (typeof infos)[0],
      (typeof infos)[0],
      (typeof infos)[0],
    ]
    const texts = [part(middle, "a"), part(middle, "b"), part(early, "c")]
    await store.commit([...texts].reverse().map((data) => ({ put: "part", data })))
    const all = await store.listMessages(one.id)
    expect(all).toEqual([
      { info: early, parts: [texts[2]!] },
      { info: middle, parts: [texts[0]!, texts[1]!] },
      { info: next, parts: [] },
      { info: late, parts: [] },
    ])
    expect(await store.listMessages(one.id, { limit: 2 })).toEqual(all.slice(2))
    expect(await store.listMessages(one.id, { limit: 2, before: next.id })).toEqual(all.slice(0, 2))
    expect(await store.listMessages(one.id, { before: early.id })).toEqual([])
    expect(await store.listMessages(one.id, { limit: 1, before: "msg_unknown" })).toEqual([all[3]!])
    expect(await store.listMessages(one.id, { after: "" })).toEqual(all)
    expect(await store.listMessages(one.id, { after: early.id, limit: 2 })).toEqual(all.slice(1, 3))
    expect(await store.listMessages(one.id, { after: late.id })).toEqual([])
    expect(await store.listMessages(one.id, { after: "msg_unknown" })).toEqual([])
    expect(await store.listMessages("ses_none")).toEqual([])
  })

  test("filters use an index: no list reads all sessions", async () => {
    await store.close()
    const db = new Database(file, { readonly: true })
    const plan = (where: string) =>
      db
        .query<{ detail: string }, []>(
          `explain query plan select data from session where ${where} order by updated desc, id limit 100`,
        )
        .all()
        .map((row) => row.detail)
        .join("; ")
    for (const [column, index] of [
      ["project_id", "session_project"],
      ["directory", "session_directory"],
      ["parent_id", "session_parent"],
    ])
      expect(plan(`${column} = 'x'`)).toBe(`SEARCH session USING INDEX ${index} (${column}=?)`)
    db.close()
    store = await openStore(file, { now })
  })
})

describe("opening", () => {
  test("a second opening is refused and names the holder", async () => {
    expect(openStore(file, { now })).rejects.toMatchObject({
      name: "StoreOpenError",
      reason: "in-use",
      message: `${file} is in use by process ${process.pid}, since 2023-11-14T22:13:20.000Z`,
    })
  })

  test("a file of a newer version is refused and left as it is", async () => {
    await store.close()
    const db = new Database(file)
    const before = db.query<{ user_version: number }, []>("pragma user_version").get()
    db.run("pragma user_version = 999")
    db.close()
    expect(openStore(file, { now })).rejects.toMatchObject({ reason: "too-new" })
    const again = new Database(file)
    expect(again.query("pragma user_version").get()).toEqual({ user_version: 999 })
    again.run(`pragma user_version = ${before?.user_version}`)
    again.close()
    store = await openStore(file, { now })
  })

  test("a file of the first version keeps what it holds", async () => {
    const old = session()
    await store.commit([{ put: "session", data: old }])
    await store.close()
    const db = new Database(file)
    db.run("drop index session_share; alter table session drop column share_key; pragma user_version = 1")
    db.close()
    store = await openStore(file, { now })
    expect(await store.listSessions({})).toEqual([old])
    const shared = { ...old, share: { url: shareLink("http://localhost:4096", newShareSecret()) } }
    await store.commit([{ put: "session", data: shared }])
    expect(await store.findSharedSession(shared.share.url.split("/").at(-1)!)).toEqual(shared)
  })

  test("what is no database is refused with its name", async () => {
    const other = join(directory, "text.db")
    await Bun.write(other, "this is no database ".repeat(100))
    const error = await openStore(other, { now }).catch((error) => error)
    expect(error).toBeInstanceOf(StoreOpenError)
    expect(error.message).toContain(other)
  })

  test("the file is the user's alone, and others may read it meanwhile", async () => {
    await store.commit([{ put: "session", data: session() }])
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const reader = new Database(file, { readonly: true })
    expect(reader.query("select count(*) as n from session").get()).toEqual({ n: 1 })
    reader.close()
  })

  test("in memory", async () => {
    const memory = await openStore(":memory:", { now })
    const other = await openStore(":memory:", { now })
    await memory.commit([{ put: "session", data: session() }])
    expect([(await memory.listSessions({})).length, (await other.listSessions({})).length]).toEqual([1, 0])
    await memory.close()
    await other.close()
  })
})

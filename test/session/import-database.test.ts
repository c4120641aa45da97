import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { join } from "node:path"
import { importDatabase } from "../../src/session/import-database"
import { type TestServer, testServer } from "../helper/server"

/** The tables of opencode 1.18 that hold sessions, as its own program makes them. */
const TABLES = `
  create table project (id text primary key, worktree text not null);
  create table session (
    id text primary key, project_id text not null, workspace_id text, parent_id text, slug text not null,
    directory text not null, path text, title text not null, version text not null, share_url text,
    summary_additions integer, summary_deletions integer, summary_files integer, summary_diffs text, metadata text,
    cost real default 0 not null, tokens_input integer default 0 not null, tokens_output integer default 0 not null,
    tokens_reasoning integer default 0 not null, tokens_cache_read integer default 0 not null,
    tokens_cache_write integer default 0 not null, revert text, permission text, agent text, model text,
    time_created integer not null, time_updated integer not null, time_compacting integer, time_archived integer);
  create table message (
    id text primary key, session_id text not null, time_created integer not null, time_updated integer not null,
    data text not null);
  create table part (
    id text primary key, message_id text not null, session_id text not null, time_created integer not null,
    time_updated integer not null, data text not null);
  create table todo (
    session_id text not null, content text not null, status text not null, priority text not null,
    position integer not null, time_created integer not null, time_updated integer not null);`

function makeDatabase(it: TestServer) {
  const file = join(it.root, "opencode.db")
  const db = new Database(file)
  db.run("pragma journal_mode = wal")
  db.run(TABLES)
  const insert = (table: string, row: Record<string, string | number | null>) => {
    const columns = Object.keys(row)
    db.query(`insert into ${table} (${columns}) values (${columns.map(() => "?")})`).run(...Object.values(row))
  }
  const times = { time_created: 10, time_updated: 20 }
  const addSession = (id: string, row: Record<string, string | number | null> = {}) =>
    insert("session", {
      id,
      project_id: "p",
      slug: "calm-fox",
      directory: it.directory,
      path: "",
      title: id,
      version: "1.18.33",
      ...times,
      ...row,
    })
  const addMessage = (sessionID: string, id: string, data: object, parts: Record<string, object>) => {
    insert("message", { id, session_id: sessionID, ...times, data: JSON.stringify(data) })
    for (const [part, value] of Object.entries(parts))
      insert("part", { id: part, message_id: id, session_id: sessionID, ...times, data: JSON.stringify(value) })
  }
  return { file, db, insert, addSession, addMessage, times }
}

const user = { role: "user", time: { created: 10 }, agent: "build", model: { providerID: "p", modelID: "m" } }

test("sessions come with their messages, parts, todos and children, and nothing of the file changes", async () => {
  await using it = await testServer()
  const old = makeDatabase(it)
  old.addSession("ses_child", { parent_id: "ses_main", time_created: 5 })
  old.addSession("ses_main", {
    title: "Main",
    share_url: "https://elsewhere.example/s/abc",
    summary_additions: 3,
    summary_deletions: 1,
    summary_files: 2,
    cost: 0.5,
    tokens_input: 7,
    permission: JSON.stringify([{ permission: "bash", pattern: "*", action: "deny" }]),
    model: JSON.stringify({ id: "m", providerID: "p" }),
    agent: "build",
    time_archived: 30,
  })
  old.addMessage("ses_main", "msg_1", user, {
    prt_2: { type: "text", text: "second" },
    prt_1: { type: "text", text: "first" },
  })
  old.insert("todo", {
    session_id: "ses_main",
    content: "b",
    status: "pending",
    priority: "low",
    position: 1,
    ...old.times,
  })
  old.insert("todo", {
    session_id: "ses_main",
    content: "a",
    status: "completed",
    priority: "high",
    position: 0,
    ...old.times,
  })

  expect(await importDatabase(it.app, old.file)).toEqual({ imported: ["ses_main", "ses_child"], skipped: [] })
  const project = (await it.call("GET", "/project/current")).body
  expect((await it.call("GET", "/session/ses_main")).body).toEqual({
    id: "ses_main",
    slug: "calm-fox",
    projectID: project.id,
    directory: it.directory,
    path: "",
    title: "Main",
    version: "1.18.33",
    agent: "build",
    model: { id: "m", providerID: "p" },
    summary: { additions: 3, deletions: 1, files: 2 },
    cost: 0.5,
    tokens: { input: 7, output: 0, reasoning: 0, cache: { read: 0, write: 0 } },
    permission: [{ permission: "bash", pattern: "*", action: "deny" }],
    time: { created: 10, updated: 20, archived: 30 },
  })
  const ids = { sessionID: "ses_main", messageID: "msg_1" }
  expect((await it.call("GET", "/session/ses_main/message")).body).toEqual([
    {
      info: { ...user, id: "msg_1", sessionID: "ses_main" },
      parts: [
        { ...ids, id: "prt_1", type: "text", text: "first" },
        { ...ids, id: "prt_2", type: "text", text: "second" },
      ],
    },
  ])
  expect(
    (await it.call("GET", "/session/ses_main/todo")).body.map(({ content }: { content: string }) => content),
  ).toEqual(["a", "b"])
  expect((await it.call("GET", "/session/ses_main/children")).body).toMatchObject([{ id: "ses_child" }])
  // The other program still has it open, and may go on.
  old.addSession("ses_later")
  old.db.close()
})

test("only those that are wanted; what cannot be read or is there already does not keep the others out", async () => {
  await using it = await testServer()
  const old = makeDatabase(it)
  for (const id of ["ses_good", "ses_there", "ses_odd", "ses_unread", "ses_unwanted"]) old.addSession(id)
  old.addMessage("ses_odd", "msg_odd", { ...user, role: "narrator" }, {})
  old.addMessage("ses_unread", "msg_unread", user, {})
  old.db.run("update message set data = '{' where id = 'msg_unread'")
  await importDatabase(it.app, old.file, { sessions: ["ses_there"] })

  const sessions = ["ses_there", "ses_odd", "ses_unread", "ses_good", "ses_none"]
  const { imported, skipped } = await importDatabase(it.app, old.file, { sessions })
  expect(imported).toEqual(["ses_good"])
  const reasons = Object.fromEntries(skipped.map(({ id, reason }) => [id, reason]))
  expect(reasons).toEqual({
    ses_none: `${old.file} has no such session`,
    ses_odd: expect.stringContaining("narrator"),
    ses_there: "There is a session ses_there already: ses_there",
    ses_unread: expect.stringContaining("JSON"),
  })
  const listed = (await it.call("GET", "/session")).body.map(({ id }: { id: string }) => id)
  expect(listed.sort()).toEqual(["ses_good", "ses_there"])

  old.db.run("update session set title = 'Newer' where id = 'ses_there'")
  await importDatabase(it.app, old.file, { sessions: ["ses_there"], replace: true })
  expect((await it.call("GET", "/session/ses_there")).body.title).toBe("Newer")
  old.db.close()
})

test("a directory that is gone keeps its sessions", async () => {
  await using it = await testServer()
  const old = makeDatabase(it)
  const gone = join(it.root, "gone")
  old.addSession("ses_1", { directory: gone })
  await importDatabase(it.app, old.file)
  expect((await it.call("GET", `/session?directory=${encodeURIComponent(gone)}`)).body).toMatchObject([{ id: "ses_1" }])
  old.db.close()
})

test("files that are no such database are refused", async () => {
  await using it = await testServer()
  const text = join(it.root, "text.db")
  await Bun.write(text, "no database at all ".repeat(100))
  const other = join(it.root, "other.db")
  new Database(other).run("create table session (id text)").lastInsertRowid
  for (const file of [text, other, join(it.root, "missing.db")])
    await expect(importDatabase(it.app, file)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(file),
    })
  expect(await Bun.file(join(it.root, "missing.db")).exists()).toBe(false)
})

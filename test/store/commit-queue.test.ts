import { Database } from "bun:sqlite"
import { expect, test } from "bun:test"
import { createCommitQueue } from "../../src/store/commit-queue"
import { listMessages } from "../../src/store/message-query"
import { migrate } from "../../src/store/migrations"
import { createWriter } from "../../src/store/writer"
import { message, part, session } from "./fixture"

function smallDatabase() {
  const db = new Database(":memory:")
  db.run("pragma foreign_keys = on")
  migrate(db, ":memory:")
  const setLimit = (pages: number) => db.run(`pragma max_page_count = ${pages}`)
  const pages = () => db.query<{ page_count: number }, []>("pragma page_count").get()!.page_count
  const writer = createWriter(db)
  return { db, writer, queue: createCommitQueue(db, writer), setLimit, pages }
}

test("a full disk fails the commit that meets it, whole, and the store goes on when there is room again", async () => {
  const { db, writer, queue, setLimit, pages } = smallDatabase()
  const one = session()
  const first = message(one.id)
  await queue.add([
    { put: "session", data: one },
    { put: "message", data: first },
  ])
  setLimit(pages() + 2)
  const big = message(one.id, 2)
  const results = await Promise.allSettled([
    queue.add([{ put: "part", data: part(first, "small") }]),
    queue.add([
      { put: "message", data: big },
      { put: "part", data: part(big, "x".repeat(1_000_000)) },
    ]),
  ])
  expect(results[1]).toMatchObject({ status: "rejected", reason: { code: "SQLITE_FULL" } })
  const stored = listMessages(db, one.id)
  expect(stored.map((each) => each.info)).toEqual([first])
  // What was answered is there, what was refused is not: also for the one that shared the transaction.
  expect(stored[0]!.parts).toHaveLength(results[0].status === "fulfilled" ? 1 : 0)
  expect(writer.seq).toBe(results[0].status === "fulfilled" ? 3 : 2)
  const before = writer.seq
  setLimit(100_000)
  expect(
    await queue.add([
      { put: "message", data: big },
      { put: "part", data: part(big, "x".repeat(1_000_000)) },
    ]),
  ).toBe(before + 2)
  expect(listMessages(db, one.id).map((each) => each.info)).toEqual([first, big])
})

test("commits of one tick are one transaction", async () => {
  const { db, queue } = smallDatabase()
  const run = db.run.bind(db)
  const statements: string[] = []
  db.run = (sql: string, ...rest: never[]) => {
    statements.push(sql)
    return run(sql, ...rest)
  }
  expect(await Promise.all([1, 2, 3].map(() => queue.add([{ put: "session", data: session() }])))).toEqual([1, 2, 3])
  expect(statements.filter((sql) => sql === "commit")).toHaveLength(1)
})

import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openStore } from "../../src/store/sqlite"

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "crash-"))
})
afterAll(() => rm(directory, { recursive: true }))

const startWriter = (file: string) =>
  Bun.spawn([process.execPath, join(import.meta.dir, "crash-writer.ts"), file], { stdout: "pipe", stderr: "pipe" })

/** Kills the writer once it has answered so many commits, in the middle of the next; answers what it had told. */
async function killAfter(writer: ReturnType<typeof startWriter>, commits: number) {
  let told = ""
  for await (const chunk of writer.stdout) {
    told += new TextDecoder().decode(chunk)
    if (told.split("\n").length > commits) writer.kill("SIGKILL")
  }
  await writer.exited
  expect(writer.signalCode).toBe("SIGKILL")
  return told
    .split("\n")
    .slice(0, -1)
    .map((line) => ({ seq: Number(line.split(" ")[0]), id: line.split(" ")[1]! }))
}

test("a writer that is killed loses no commit it had answered, leaves none by half, and blocks nobody", async () => {
  const file = join(directory, "server.db")
  let last = 0
  for (const commits of [1, 50, 137, 400]) {
    const answered = await killAfter(startWriter(file), commits)
    const store = await openStore(file, { now: Date.now })
    const [current] = await store.listSessions({ limit: 1 })
    const stored = await store.listMessages(current!.id)
    const ids = new Set(stored.map((each) => each.info.id))
    expect(answered.filter(({ id }) => !ids.has(id))).toEqual([])
    expect(stored.filter((each) => each.parts.length !== 1)).toEqual([])
    expect(Math.min(...answered.map(({ seq }) => seq))).toBeGreaterThan(last)
    last = await store.lastSeq()
    expect(last).toBeGreaterThanOrEqual(Math.max(...answered.map(({ seq }) => seq)))
    await store.close()
  }
})

test("of several processes one gets the file, the others are told who has it", async () => {
  const file = join(directory, "shared.db")
  const writers = Array.from({ length: 4 }, () => startWriter(file))
  const texts = await Promise.all(
    writers.map(async (writer) => {
      const reader = writer.stdout.getReader()
      if (!(await reader.read()).done) return undefined
      return new Response(writer.stderr).text()
    }),
  )
  const owner = writers[texts.indexOf(undefined)]
  const refused = texts.filter((text) => text !== undefined)
  expect(refused).toHaveLength(3)
  for (const text of refused) expect(text).toContain(`${file} is in use by `)
  const late = startWriter(file)
  expect(await new Response(late.stderr).text()).toContain(`${file} is in use by process ${owner?.pid}, since `)
  owner?.kill("SIGKILL")
  await owner?.exited
  await (await openStore(file, { now: Date.now })).close()
})

import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { script } from "../helper/script"
import { type TestServer, testServer } from "../helper/server"

let it: TestServer
beforeEach(async () => {
  it = await testServer({ git: false })
})
afterEach(() => it[Symbol.asyncDispose]())

interface HistoryEvent {
  id: string
  aggregate_id: string
  seq: number
  type: string
  data: { sessionID: string; info?: { id: string } }
}
const history = async (known: object = {}): Promise<HistoryEvent[]> =>
  (await it.call("POST", "/sync/history", known)).body
const newSession = async () => (await it.call("POST", "/session", {})).body
const typesOf = (events: HistoryEvent[]) => events.map(({ type }) => type)
const toReplay = (events: HistoryEvent[]) =>
  events.map(({ aggregate_id, ...event }) => ({ ...event, aggregateID: aggregate_id }))

describe("history", () => {
  test("is everything for a copy that knows nothing, what changed for one that knows", async () => {
    expect(await history()).toEqual([])
    const one = await newSession()
    const two = await newSession()
    const start = await history()
    expect(start.map(({ aggregate_id, seq, type, data }) => ({ aggregate_id, seq, type, data }))).toEqual(
      [one, two].map((info) => ({
        aggregate_id: info.id,
        seq: 0,
        type: "session.created.1",
        data: { sessionID: info.id, info },
      })) as never,
    )
    await it.call("POST", `/session/${one.id}/message`, script({ text: "hello" }))
    const all = await history()
    expect(all.slice(0, 2).map(({ data }) => data.sessionID)).toEqual([one.id, two.id])
    expect(new Set(typesOf(all))).toEqual(new Set(["session.created.1", "message.updated.1", "message.part.updated.1"]))
    expect(all.every(({ aggregate_id }, index) => index < 2 || aggregate_id === one.id)).toBe(true)

    const last = Math.max(...all.map(({ seq }) => seq))
    await it.call("PATCH", `/session/${two.id}`, { title: "New" })
    const later = await history({ [one.id]: last, [two.id]: last })
    expect(later.filter(({ aggregate_id }) => aggregate_id === two.id)).toMatchObject([
      { type: "session.updated.1", data: { info: { title: "New" } } },
    ])
    await it.call("DELETE", `/session/${two.id}`)
    const end = Math.max(...later.map(({ seq }) => seq))
    expect(typesOf(await history({ [one.id]: end, [two.id]: end }))).toEqual(["session.deleted.1"])
    expect((await history()).map(({ aggregate_id }) => aggregate_id)).not.toContain(two.id)
  })

  test("has sessions in the order in which they were made, also those of one moment", async () => {
    await using frozen = await testServer({ git: false, now: () => 1_000_000 })
    const made: string[] = []
    for (const _ of Array(5)) made.push((await frozen.call("POST", "/session", {})).body.id)
    const told: HistoryEvent[] = (await frozen.call("POST", "/sync/history", {})).body
    expect(told.map(({ aggregate_id }) => aggregate_id)).toEqual(made)
  })

  test("of another directory is not told; numbers must be numbers", async () => {
    const { id } = await newSession()
    const other = await it.makeDirectory("other", { git: false })
    expect((await it.call("POST", `/sync/history?directory=${encodeURIComponent(other)}`, {})).body).toEqual([])
    expect((await it.call("POST", "/sync/history", { aggregateID: id })).body.data.message).toBe(
      `Expected number, got "${id}"\n  at ["aggregateID"]`,
    )
  })
})

describe("replay", () => {
  test("makes the session of a history on another server", async () => {
    const { id } = await newSession()
    await it.call("POST", `/session/${id}/message`, script({ text: "hello" }))
    const events = toReplay(await history())
    const { body: messages } = await it.call("GET", `/session/${id}/message`)
    await using other = await testServer({ git: false })
    const body = { directory: other.directory, events }
    expect((await other.call("POST", "/sync/replay", body)).body).toEqual({ sessionID: id })
    const { body: session } = await other.call("GET", `/session/${id}`)
    expect(session).toMatchObject({ id, directory: other.directory })
    expect((await other.call("GET", `/session/${id}/message`)).body).toEqual(messages)
    // Once more makes no difference.
    await other.call("POST", "/sync/replay", body)
    expect((await other.call("GET", `/session/${id}/message`)).body).toEqual(messages)
    expect(other.heard("session.created").length).toBe(2)
  })

  test("leaves a newer session alone, and refuses what is no history of one session", async () => {
    const { id } = await newSession()
    const events = toReplay(await history())
    const replay = (changed: object[]) => it.call("POST", "/sync/replay", { directory: it.directory, events: changed })
    await Bun.sleep(2)
    await it.call("PATCH", `/session/${id}`, { metadata: { a: 1 } })
    expect((await replay(events)).body).toMatchObject({
      _tag: "BadRequest",
      data: { message: `The session ${id} is newer here than in the history` },
    })
    const { aggregateID } = await newSession().then((session) => ({ aggregateID: session.id as string }))
    const [created] = events
    for (const [wrong, message] of [
      [[created, { ...created, aggregateID }], "It is of another session"],
      [[{ ...created, type: "session.idle.1" }], 'There is no event "session.idle.1"'],
      [[{ ...created, data: {} }], '["sessionID"]'],
      [
        [{ ...created, type: "message.removed.1", data: { sessionID: id, messageID: "msg_a" } }],
        "does not tell of its session",
      ],
    ] as const) {
      const answer = await replay([...wrong] as object[])
      expect(answer.status).toBe(400)
      expect(answer.body.data.message).toContain(message)
    }
  })
})

test("the console has no organizations", async () => {
  expect((await it.call("GET", "/experimental/console/orgs")).body).toEqual({ orgs: [] })
  expect((await it.call("POST", "/experimental/console/switch", { accountID: "a", orgID: "b" })).status).toBe(404)
})

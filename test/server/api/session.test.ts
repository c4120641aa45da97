import { expect, test } from "bun:test"
import { script } from "../../helper/script"
import { type TestServer, testServer } from "../../helper/server"

const titles = (body: { data: { title: string }[] }) => body.data.map((each) => each.title)

async function addSessions(it: TestServer, count: number) {
  for (let number = 1; number <= count; number++) await it.call("POST", "/session", { title: `${number}` })
}

test("sessions of all directories by age, in pages that lead to each other", async () => {
  await using it = await testServer()
  expect((await it.call("GET", "/api/session")).body).toEqual({ data: [], cursor: {} })
  await addSessions(it, 4)
  const other = await it.makeDirectory("other", { git: false })
  const { id } = (await it.call("POST", `/session?directory=${other}`, { title: "5" })).body
  // Being changed does not move a session: the order is that of their making.
  await it.call("PATCH", `/session/${(await it.call("GET", "/session")).body.at(-1).id}`, { title: "one" })

  const first = (await it.call("GET", "/api/session?limit=2&order=desc")).body
  expect(titles(first)).toEqual(["5", "4"])
  expect(first.cursor.previous).toBeUndefined()
  const second = (await it.call("GET", `/api/session?limit=2&cursor=${first.cursor.next}`)).body
  expect(titles(second)).toEqual(["3", "2"])
  const third = (await it.call("GET", `/api/session?limit=2&cursor=${second.cursor.next}`)).body
  expect(titles(third)).toEqual(["one"])
  expect(third.cursor.next).toBeUndefined()
  expect(titles((await it.call("GET", `/api/session?limit=2&cursor=${third.cursor.previous}`)).body)).toEqual([
    "3",
    "2",
  ])
  const back = (await it.call("GET", `/api/session?limit=2&cursor=${second.cursor.previous}`)).body
  expect(back).toEqual(first)

  const ascending = (await it.call("GET", "/api/session?limit=3&order=asc")).body
  expect(titles(ascending)).toEqual(["one", "2", "3"])
  expect(titles((await it.call("GET", `/api/session?limit=3&cursor=${ascending.cursor.next}`)).body)).toEqual([
    "4",
    "5",
  ])

  expect(titles((await it.call("GET", `/api/session?directory=${other}`)).body)).toEqual(["5"])
  expect(titles((await it.call("GET", "/api/session?search=ON")).body)).toEqual(["one"])
  expect(titles((await it.call("GET", "/api/session?project=nope")).body)).toEqual([])
  expect((await it.call("GET", `/api/session/${id}`)).body.data).toMatchObject({
    id,
    projectID: "global",
    location: { directory: other },
    cost: 0,
  })
  expect((await it.call("GET", "/api/session?cursor=x")).body._tag).toBe("InvalidCursorError")
  expect((await it.call("GET", "/api/session/ses_nope")).body).toEqual({
    _tag: "SessionNotFoundError",
    sessionID: "ses_nope",
    message: "Session not found: ses_nope",
  })
  expect((await it.call("GET", "/api/session/nope")).status).toBe(400)
})

test("messages hold what was said and done", async () => {
  await using it = await testServer({ files: { "a.txt": "alpha\n" } })
  const { id } = (await it.call("POST", "/session", {})).body
  const file = { type: "file", mime: "text/plain", filename: "a.txt", url: `file://${it.directory}/a.txt` }
  const turns = script(
    [
      { reasoning: "I look." },
      "Reading.",
      { tool: "read", input: { filePath: `${it.directory}/a.txt` }, id: "call_1" },
    ],
    [{ tool: "read", input: { filePath: "/nope/x" }, id: "call_2" }],
    "It says alpha.",
  )
  const wait = it.waitFor("permission.asked")
  const run = it.call("POST", `/session/${id}/message`, { parts: [...turns.parts, file] })
  const asked = await wait
  const pending = (await it.call("GET", "/api/permission/request")).body.data
  expect(pending).toEqual([
    {
      id: asked.properties.id,
      sessionID: id,
      action: "external_directory",
      resources: asked.properties.patterns,
      save: asked.properties.always,
      metadata: asked.properties.metadata,
      source: { type: "tool", messageID: asked.properties.tool!.messageID, callID: "call_2" },
    },
  ])
  expect((await it.call("GET", "/api/session/active")).body).toEqual({ data: { [id]: { type: "running" } } })
  await it.call("POST", `/permission/${asked.properties.id}/reply`, { reply: "reject" })
  await run
  expect((await it.call("GET", "/api/session/active")).body).toEqual({ data: {} })

  const { data, cursor } = (await it.call("GET", `/api/session/${id}/message?order=asc`)).body
  expect(cursor).toEqual({})
  expect(data.map((each: { type: string }) => each.type)).toEqual(["user", "assistant", "assistant"])
  expect(data[0]).toMatchObject({
    text: turns.parts[0]!.text,
    files: [{ uri: file.url, mime: "text/plain", name: "a.txt" }],
  })
  expect(data[1]).toMatchObject({
    agent: "build",
    model: { id: "script", providerID: "demo" },
    finish: "tool-calls",
    content: [
      { type: "reasoning", text: "I look." },
      { type: "text", text: "Reading." },
      {
        type: "tool",
        id: "call_1",
        name: "read",
        state: { status: "completed", content: [{ type: "text", text: expect.stringContaining("alpha") }] },
      },
    ],
  })
  expect(data[2].content).toMatchObject([{ type: "tool", id: "call_2", state: { status: "error" } }])

  const newest = (await it.call("GET", `/api/session/${id}/message?limit=1`)).body
  expect(newest.data).toEqual([data[2]])
  const older = (await it.call("GET", `/api/session/${id}/message?limit=2&cursor=${newest.cursor.next}`)).body
  expect(older.data).toEqual([data[1], data[0]])
  const again = (await it.call("GET", `/api/session/${id}/message?limit=1&cursor=${older.cursor.previous}`)).body
  expect(again.data).toEqual([data[2]])
  expect((await it.call("GET", "/api/session/ses_nope/message")).status).toBe(404)
  expect((await it.call("GET", `/api/session/${id}/message?cursor=x`)).body._tag).toBe("InvalidCursorError")
})

test("a compaction is one message", async () => {
  await using it = await testServer()
  const { id } = (await it.call("POST", "/session", {})).body
  await it.call("POST", `/session/${id}/message`, script("One."))
  await it.call("POST", `/session/${id}/summarize`, { providerID: "demo", modelID: "script" })
  const { data } = (await it.call("GET", `/api/session/${id}/message?order=asc`)).body
  const summary = data.find((each: { type: string }) => each.type === "compaction")
  expect(summary).toMatchObject({ reason: "manual", recent: "" })
  expect(summary.summary.length).toBeGreaterThan(0)
  expect(data.filter((each: { type: string }) => each.type === "user")).toHaveLength(1)
})

test("questions that wait are listed", async () => {
  await using it = await testServer()
  const { id } = (await it.call("POST", "/session", {})).body
  const questions = [{ question: "Which?", header: "Which", options: [{ label: "a", description: "A" }] }]
  const run = it.call("POST", `/session/${id}/message`, script([{ tool: "question", input: { questions } }], "Done."))
  const asked = await it.waitFor("question.asked")
  expect((await it.call("GET", "/api/question/request")).body.data).toEqual([asked.properties])
  await it.call("POST", `/question/${asked.properties.id}/reply`, { answers: [["a"]] })
  await run
  expect((await it.call("GET", "/api/question/request")).body.data).toEqual([])
})

test("the stream tells what happens in every directory, and can be resumed", async () => {
  await using it = await testServer()
  const other = await it.makeDirectory("other", { git: false })
  const [stream, classic] = await Promise.all([it.stream("/api/event"), it.stream("/global/event")])
  expect((await stream.next()).data).toEqual({ id: expect.stringMatching(/^evt_/), type: "server.connected", data: {} })
  const { id } = (await it.call("POST", `/session?directory=${other}`, { title: "x" })).body
  const [created] = (await stream.until((frame) => frame.data.type === "session.created")).slice(-1)
  expect(created!.data).toEqual({
    id: expect.stringMatching(/^evt_/),
    type: "session.created",
    durable: { aggregateID: id, seq: Number(created!.id), version: 1 },
    location: { directory: other },
    data: { sessionID: id, info: expect.objectContaining({ id, title: "x" }) },
  })
  // The classic stream has the same events in its own form.
  const seen = await classic.until((frame) => frame.data.payload.type === "session.created")
  expect(seen.at(-1)!.data.payload.id).toBe(created!.data.id)

  await it.call("PATCH", `/session/${id}`, { title: "y" })
  const back = await it.stream("/api/event", { "last-event-id": created!.id! })
  const missed = await back.until((frame) => frame.data.type === "session.updated")
  expect(missed.at(-1)!.data.data.info.title).toBe("y")
})

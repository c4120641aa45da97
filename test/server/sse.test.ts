import { describe, expect, test } from "bun:test"
import { connect } from "node:net"
import { newEvent, publish } from "../../src/instance/event"
import { openInstance } from "../../src/instance/instance"
import { askQuestion } from "../../src/question/question"
import { createSession, updateSession } from "../../src/session/session"
import type { Frame } from "../helper/event-stream"
import { testServer } from "../helper/server"

const typeOf = (frame: Frame): string => frame.data.type ?? frame.data.payload.type
const types = (frames: Frame[]) => frames.map(typeOf)

describe("GET /event", () => {
  test("begins at once, with the headers and frames clients know", async () => {
    await using it = await testServer()
    const stream = await it.stream("/event")
    expect(stream.response.status).toBe(200)
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
    })
    expect(await stream.next()).toEqual({
      data: { id: expect.stringMatching(/^evt_/), type: "server.connected", properties: {} },
    })

    const session = await it.call("POST", "/session", { title: "Seen" })
    expect(await stream.next()).toEqual({
      id: expect.stringMatching(/^\d+$/),
      data: {
        id: expect.stringMatching(/^evt_/),
        type: "session.created",
        properties: { sessionID: session.body.id, info: session.body },
      },
    })
  })

  test("tells of its own directory only, and ends with the instance", async () => {
    await using it = await testServer()
    const other = await it.makeDirectory("other")
    const stream = await it.stream("/event")
    await it.call("POST", `/session?directory=${other}`, { title: "elsewhere" })
    await it.call("POST", "/session", { title: "here" })
    await it.call("POST", `/instance/dispose?directory=${other}`)
    await it.call("POST", "/instance/dispose")
    const frames = await stream.rest()
    expect(types(frames)).toEqual(["server.connected", "session.created", "server.instance.disposed"])
    expect(frames[1]!.data.properties.info.title).toBe("here")
    expect(frames[2]!.data.properties).toEqual({ directory: it.directory })
  })

  test("gives every event of a burst once and in order, to every reader", async () => {
    await using it = await testServer()
    const streams = await Promise.all([it.stream("/event"), it.stream("/event")])
    const instance = await openInstance(it.app, it.directory)
    const files = Array.from({ length: 500 }, (_, index) => `${index}-"id:\\n"-ü`)
    for (const [index, file] of files.entries()) {
      publish(instance, "file.edited", { file })
      if (index % 100 === 0) await Bun.sleep(1)
    }
    publish(instance, "vcs.branch.updated", { branch: "end" })
    for (const stream of streams) {
      const frames = await stream.until((frame) => frame.data.type === "vcs.branch.updated")
      expect(frames.slice(1, -1).map((frame) => frame.data.properties.file)).toEqual(files)
    }
  })

  test("lets go of a reader that leaves", async () => {
    await using it = await testServer()
    const instance = await openInstance(it.app, it.directory)
    const before = instance.bus.subscribers
    const streams = await Promise.all([it.stream("/event"), it.stream("/event")])
    for (const stream of streams) await stream.next()
    expect(instance.bus.subscribers).toBeGreaterThan(before)
    await Promise.all(streams.map((stream) => stream.close()))
    while (instance.bus.subscribers > before) await Bun.sleep(1)
  })
})

describe("GET /global/event", () => {
  test("tells of all directories, of stored changes in two forms, and survives them", async () => {
    await using it = await testServer()
    const stream = await it.stream("/global/event")
    const { body: session } = await it.call("POST", "/session", {})
    await it.call("POST", "/instance/dispose")
    const frames = await stream.until((frame) => typeOf(frame) === "server.instance.disposed")
    expect(types(frames)).toEqual([
      "server.connected",
      "project.updated",
      "session.created",
      "sync",
      "server.instance.disposed",
    ])
    const [connected, project, created, sync] = frames
    expect(Object.keys(connected!.data)).toEqual(["payload"])
    expect(project!.data).toMatchObject({ directory: "global", project: session.projectID })
    expect(created!.data).toMatchObject({ directory: it.directory, project: session.projectID })
    const { id, properties } = created!.data.payload
    expect(sync!.data.payload).toEqual({
      type: "sync",
      id,
      syncEvent: { id, type: "session.created.1", seq: Number(created!.id), aggregateID: session.id, data: properties },
    })
    await it.call("POST", "/session", { title: "again" })
    await stream.until((frame) => typeOf(frame) === "session.created")
  })
})

describe("a reader that comes back with Last-Event-ID", () => {
  test("is told what changed meanwhile, deletions included, and nothing twice", async () => {
    await using it = await testServer()
    const other = await it.makeDirectory("other")
    const stream = await it.stream("/event")
    const kept = (await it.call("POST", "/session", { title: "kept" })).body
    const gone = (await it.call("POST", "/session", { title: "gone" })).body
    const frames = await stream.until((frame) => frame.data.properties.info?.id === gone.id)
    await stream.close()

    await it.call("PATCH", `/session/${kept.id}`, { title: "renamed" })
    await it.call("DELETE", `/session/${gone.id}`)
    await it.call("POST", `/session?directory=${other}`, { title: "elsewhere" })
    const back = await it.stream("/event", { "last-event-id": frames.at(-1)!.id! })
    const missed = await back.until((frame) => frame.data.type === "session.deleted")
    expect(types(missed)).toEqual(["server.connected", "session.updated", "session.deleted"])
    expect(missed[1]!.data.properties.info).toMatchObject({ id: kept.id, title: "renamed" })
    expect(missed[2]!.data.properties.sessionID).toBe(gone.id)

    await it.call("PATCH", `/session/${kept.id}`, { title: "live again" })
    expect((await back.next()).data).toMatchObject({
      type: "session.updated",
      properties: { info: { title: "live again" } },
    })
  })

  test("is told what waits for it", async () => {
    await using it = await testServer()
    const instance = await openInstance(it.app, it.directory)
    const session = await createSession(instance, {})
    const abort = new AbortController()
    const questions = [{ question: "Which?", header: "Which", options: [{ label: "a", description: "A" }] }]
    const asked = askQuestion(instance, { sessionID: session.id, questions, signal: abort.signal }).catch(() => {})
    await it.waitFor("question.asked")
    for (const path of ["/event", "/global/event"]) {
      const stream = await it.stream(path, { "last-event-id": `${await it.app.store.lastSeq()}` })
      expect(types([await stream.next(), await stream.next()])).toEqual(["server.connected", "question.asked"])
    }
    abort.abort()
    await asked
  })

  test("misses and repeats nothing while changes go on", async () => {
    await using it = await testServer()
    const instance = await openInstance(it.app, it.directory)
    const { id } = await createSession(instance, { title: "0" })
    const start = await it.app.store.lastSeq()
    for (let round = 1; round <= 300; round++) await updateSession(instance, id, { title: `${round}` })
    const writing = (async () => {
      for (let round = 301; round <= 600; round++) await updateSession(instance, id, { title: `${round}` })
    })()
    const stream = await it.stream("/event", { "last-event-id": `${start}` })
    const frames = await stream.until((frame) => frame.data.properties.info?.title === "600")
    await writing
    const seqs = frames.flatMap((frame) => (frame.id === undefined ? [] : [Number(frame.id)]))
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
    // Of a row that changed often, the feed holds only the last state; what was published live comes one by one.
    const titles = frames.flatMap((frame) => (frame.id === undefined ? [] : [Number(frame.data.properties.info.title)]))
    expect(titles.slice(1)).toEqual(titles.slice(0, -1).map((title) => title + 1))
    expect(titles[0]).toBeGreaterThanOrEqual(300)
  })

  test("starts live when it names nothing that can be an id", async () => {
    await using it = await testServer()
    await it.call("POST", "/session", {})
    for (const id of ["nope", "-1", "1e3", "99999999999999999999"]) {
      const stream = await it.stream("/event", { "last-event-id": id })
      await stream.next()
      const instance = await openInstance(it.app, it.directory)
      publish(instance, "vcs.branch.updated", { branch: id })
      expect((await stream.next()).data.type).toBe("vcs.branch.updated")
    }
  })
})

test("a reader that does not read is disconnected, and the others do not wait for it", async () => {
  await using it = await testServer()
  const instance = await openInstance(it.app, it.directory)
  const before = instance.bus.subscribers
  const { hostname, port } = new URL(it.url)
  const stalled = connect(Number(port), hostname)
  stalled.pause()
  stalled.write("GET /event HTTP/1.1\r\nhost: localhost\r\n\r\n")
  const closed = new Promise((resolve) => stalled.once("close", resolve))
  stalled.on("error", () => {})
  while (instance.bus.subscribers === before) await Bun.sleep(1)

  const quick = await it.stream("/event")
  await quick.next()
  const diff = [{ file: "x".repeat(200_000), patch: "", additions: 0, deletions: 0 }]
  const subscribers = instance.bus.subscribers
  let sent = 0
  while (instance.bus.subscribers === subscribers && sent < 400) {
    instance.bus.publish({ event: newEvent("session.diff", { sessionID: "ses_x", diff }), frames: {} })
    await quick.next()
    sent++
  }
  expect(sent).toBeLessThan(400)
  stalled.resume()
  await closed
})

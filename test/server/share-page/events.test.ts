import { expect, test } from "bun:test"
import { secretOf } from "../../../src/base/share-link"
import { shareEvents } from "../../../src/server/share-page/events"
import { viewersOf } from "../../../src/server/share-page/live"
import { findShared } from "../../../src/session/share"
import { faultsOf, textsOf } from "../../helper/markup"
import { script } from "../../helper/script"
import { addTurn, shared } from "../../helper/shared"

const puts = (frames: { data: { put?: { id: string; html: string }[] } }[]) =>
  frames.flatMap(({ data }) => data.put ?? [])

test("tells of what is said and done, and of nothing in any other session", async () => {
  await using it = await shared()
  const stream = await it.stream(`${it.path}/events`)
  expect((await stream.next()).data).toEqual({ state: await it.app.store.lastSeq() })
  const other = (await it.call("POST", "/session", { title: "Another matter" })).body.id
  const own = it.call(
    "POST",
    `/session/${it.id}/message`,
    script([{ tool: "bash", input: { command: "echo mine" } }], "The *end* <b>."),
  )
  await it.call(
    "POST",
    `/session/${other}/message`,
    script([{ tool: "bash", input: { command: "echo private" } }], "private"),
  )
  await own
  await it.call("PATCH", `/session/${it.id}`, { title: "Another <title>" })
  const frames = await stream.until(({ data }) => JSON.stringify(data).includes("Another &lt;title&gt;"))
  const texts = JSON.stringify(frames)
  for (const hidden of ["private", "Another matter", other, it.directory]) expect(texts).not.toContain(hidden)
  const last = new Map(puts(frames).map((each) => [each.id, each.html]))
  for (const html of last.values()) expect(faultsOf(html)).toEqual([])
  const page = (await it.page()).body
  // What the page would have been made of from the beginning is what it has been told.
  for (const [id, html] of last) if (id.startsWith("prt_")) expect(page).toContain(html)
  expect([...last.keys()].filter((id) => id.startsWith("prt_")).length).toBe(textsOf(page, ".part").length)
})

test("tells whether the session runs, and what it says meanwhile", async () => {
  await using it = await shared()
  const stream = await it.stream(`${it.path}/events`)
  const run = it.call("POST", `/session/${it.id}/message`, script(["Half a sent", { stall: true }]))
  const seen = await stream.until(({ data }) => JSON.stringify(data).includes("Half a sent</p>"))
  expect(puts(seen).findLast(({ id }) => id === "head")?.html).toContain("running")
  expect((await it.page()).body).toContain(">running<")
  await it.call("POST", `/session/${it.id}/abort`)
  await run
  await stream.until(({ data }) => puts([{ data }]).some(({ id, html }) => id === "head" && !html.includes("running")))
  expect((await it.page()).body).not.toContain(">running<")
})

test("tells what is removed, and when the page is to be read again", async () => {
  await using it = await shared()
  const { user, answer } = await addTurn(it, "Hello", [{ type: "text", text: "Hi" }])
  const stream = await it.stream(`${it.path}/events`)
  await it.call("DELETE", `/session/${it.id}/message/${answer}`)
  expect((await stream.until(({ data }) => data.remove)).at(-1)?.data).toEqual({ remove: [answer] })
  await it.call("POST", `/session/${it.id}/revert`, { messageID: user })
  await stream.until(({ data }) => data.renew)
  await it.call("POST", `/session/${it.id}/unrevert`)
  await stream.until(({ data }) => data.renew)
})

test.each([
  ["the link ends", "/share"],
  ["the session is deleted", ""],
])("ends when %s", async (_, path) => {
  await using it = await shared()
  const listeners = it.app.bus.subscribers
  const streams = [await it.stream(`${it.path}/events`), await it.stream(`${it.path}/events`)]
  await it.call("DELETE", `/session/${it.id}${path}`)
  for (const stream of streams) expect((await stream.rest()).at(-1)?.data).toEqual({ gone: true })
  expect(it.app.bus.subscribers).toBe(listeners)
})

test("lets go of a reader who leaves", async () => {
  await using it = await shared()
  const before = it.app.bus.subscribers
  const stream = await it.stream(`${it.path}/events`)
  await stream.next()
  expect(it.app.bus.subscribers).toBe(before + 1)
  await stream.close()
  while (it.app.bus.subscribers > before) await Bun.sleep(5)
  await it.call("PATCH", `/session/${it.id}`, { title: "Later" })
  expect(it.log.filter((line) => line.includes('"ERROR"'))).toEqual([])
})

test("has the page read again when all instances have ended", async () => {
  await using it = await shared()
  const stream = await it.stream(`${it.path}/events`)
  await stream.next()
  await it.call("POST", "/global/dispose")
  expect((await stream.next()).data).toEqual({ renew: true })
  expect((await it.page()).status).toBe(200)
})

test("breaks off a reader who is far behind, and tells the others of the end", async () => {
  await using it = await shared()
  const all = Array.from({ length: 60 }, () => ({ type: "text", text: "x ".repeat(50_000) }))
  const { answer } = await addTurn(it, "Hello", all)
  const secret = secretOf(it.link) ?? ""
  const follow = async () => {
    const found = await findShared(it.app, secret)
    return shareEvents(found!, secret, new Request(`${it.link}/events`))
  }
  const [slow, quick] = await Promise.all([follow(), follow()])
  const stored = await it.app.store.listMessages(it.id)
  const parts = stored.find(({ info }) => info.id === answer)?.parts ?? []
  // As much at a time as a reader may be behind, and no more before one of them has read it.
  const rounds = [parts.slice(0, 20), parts.slice(20, 40), parts.slice(40)]
  let last = ""
  const change = async () => {
    const round = rounds.shift() ?? []
    for (const part of round) await it.call("PATCH", `/session/${it.id}/message/${answer}/part/${part.id}`, part)
    last = round.at(-1)?.id ?? ""
  }
  await change()
  let text = ""
  for await (const piece of quick.body!.pipeThrough(new TextDecoderStream())) {
    text += piece
    if (!text.includes(last) || !text.endsWith("\n\n")) continue
    if (rounds.length > 0) await change()
    else if (viewersOf(it.app, secret) === 1) await it.call("DELETE", `/session/${it.id}/share`)
  }
  expect(text).toEndWith('data: {"gone":true}\n\n')
  await expect(slow.text()).rejects.toThrow()
})

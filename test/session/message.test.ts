import { describe, expect, test } from "bun:test"
import { script } from "../helper/script"
import { type TestServer, testServer } from "../helper/server"

async function conversation(it: TestServer, turns = 3) {
  const id = (await it.call("POST", "/session", { title: "Talk" })).body.id as string
  for (let turn = 1; turn <= turns; turn++) await it.call("POST", `/session/${id}/message`, script(`Answer ${turn}.`))
  return { id, messages: (await it.call("GET", `/session/${id}/message`)).body as Entry[] }
}

interface Entry {
  info: { id: string; time: { created: number } }
  parts: { id: string; type: string; messageID: string; sessionID: string; text?: string }[]
}

describe("GET /session/:id/message", () => {
  test("gives pages from the newest back, each oldest first", async () => {
    await using it = await testServer()
    const { id, messages } = await conversation(it)
    const seen: Entry[] = []
    let path: string | undefined = `/session/${id}/message?limit=4`
    for (let pages = 0; path && pages < 5; pages++) {
      const page = await it.call("GET", path)
      seen.unshift(...page.body)
      const cursor = page.headers.get("x-next-cursor")
      const next = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1]
      expect(next === undefined).toBe(cursor === null)
      if (next) expect(new URL(next).searchParams.get("before")).toBe(cursor)
      path = next?.slice(it.url.length)
    }
    expect(seen).toEqual(messages)
    expect((await it.call("GET", `/session/${id}/message?limit=0`)).body).toEqual(messages)
  })

  test.each([
    ["a cursor without limit", "?before=abc"],
    ["a cursor that is none", "?limit=2&before=nope"],
    ["a limit that is no number", "?limit=many"],
  ])("refuses %s", async (_, query) => {
    await using it = await testServer()
    const id = (await it.call("POST", "/session")).body.id
    expect(await it.call("GET", `/session/${id}/message${query}`)).toMatchObject({
      status: 400,
      body: { name: "BadRequest" },
    })
  })
})

describe("editing", () => {
  test("a part is replaced or made, and announced", async () => {
    await using it = await testServer()
    const { id, messages } = await conversation(it, 1)
    const { parts, info } = messages[1]!
    const part = parts.find((each) => each.type === "text")!
    const path = `/session/${id}/message/${info.id}/part/${part.id}`
    const changed = { ...part, text: "Better." }
    expect((await it.call("PATCH", path, changed)).body).toEqual(changed)
    expect(it.heard("message.part.updated").at(-1)?.properties.part as unknown).toEqual(changed)
    expect((await it.call("GET", `/session/${id}/message/${info.id}`)).body.parts).toContainEqual(changed)
    const elsewhere = await it.call("PATCH", path, { ...changed, messageID: "msg_other" })
    expect(elsewhere).toMatchObject({ status: 400, body: { _tag: "BadRequest" } })
  })

  test("what removed messages did to files is no longer the session's", async () => {
    await using it = await testServer()
    const id = (await it.call("POST", "/session", { title: "Work" })).body.id
    const write = (name: string) =>
      it.call(
        "POST",
        `/session/${id}/message`,
        script([{ tool: "write", input: { filePath: `${it.directory}/${name}`, content: "new\n" } }], "Written."),
      )
    await write("first.txt")
    for (const { info } of (await it.call("GET", `/session/${id}/message`)).body as Entry[])
      await it.call("DELETE", `/session/${id}/message/${info.id}`)
    await write("second.txt")
    const diff = it.heard("session.diff").at(-1)?.properties.diff
    expect(diff?.map(({ file }) => file)).toEqual(["second.txt"])
  })

  test("removed parts and messages take their tokens along", async () => {
    await using it = await testServer()
    const { id, messages } = await conversation(it, 2)
    const sums = async () => (await it.call("GET", `/session/${id}`)).body.tokens.input
    const before = await sums()
    const [, first, , second] = messages
    const step = first!.parts.find((each) => each.type === "step-finish")!
    expect((await it.call("DELETE", `/session/${id}/message/${first!.info.id}/part/${step.id}`)).body).toBe(true)
    expect(await sums()).toBeLessThan(before)
    expect((await it.call("DELETE", `/session/${id}/message/${second!.info.id}`)).body).toBe(true)
    expect(await sums()).toBe(0)
    expect(it.heard("message.part.removed")).toHaveLength(1)
    expect(it.heard("message.removed")).toHaveLength(1)
    expect((await it.call("GET", `/session/${id}/message/${second!.info.id}`)).status).toBe(404)
  })
})

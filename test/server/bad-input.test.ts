import { describe, expect, test } from "bun:test"
import { truncate } from "node:fs/promises"
import { join } from "node:path"
import { script } from "../helper/script"
import { type TestServer, testServer } from "../helper/server"

const newSession = async (it: TestServer) => (await it.call("POST", "/session", {})).body.id as string
const bytes = (text: string) => new TextEncoder().encode(text)
const refused = (message: RegExp | string) => ({
  status: 400,
  body: { data: { message: typeof message === "string" ? message : expect.stringMatching(message) } },
})

test("a body nested too deep is refused, whatever its fields allow", async () => {
  await using it = await testServer()
  const id = await newSession(it)
  const nested = (levels: number) => bytes(`{"metadata":{"a":${"[".repeat(levels)}${"]".repeat(levels)}}}`)
  expect(await it.call("PATCH", `/session/${id}`, nested(100_000))).toMatchObject(refused(/nested deeper than 500/))
  expect(await it.call("PATCH", `/session/${id}`, nested(498))).toMatchObject({ status: 200 })
  expect(await it.call("GET", "/session")).toMatchObject({ status: 200, body: [{ id }] })
})

test("counts in a query may be any number", async () => {
  await using it = await testServer()
  const id = await newSession(it)
  for (const path of [`/session/${id}/message?limit=1e30`, "/session?limit=1e30", "/session?limit=0.5"])
    expect({ path, status: (await it.call("GET", path)).status }).toEqual({ path, status: 200 })
  expect((await it.call("GET", "/session?start=-1e400")).body).toHaveLength(1)
  expect((await it.call("GET", "/session?start=1e400")).body).toEqual([])
})

describe("files", () => {
  test("of a directory that is none are none", async () => {
    await using it = await testServer({ files: { "a.txt": "alpha" } })
    for (const directory of ["/nowhere/at/all", join(it.directory, "a.txt"), "/dev/zero"])
      for (const path of ["/find?pattern=a", "/find/file?query=a", "/file/status?", "/vcs/diff?mode=git"]) {
        const { status, body } = await it.call("GET", `${path}&directory=${encodeURIComponent(directory)}`)
        expect({ path, status, body }).toEqual({ path, status: 200, body: [] })
      }
    expect(await it.call("GET", "/find?pattern=%00")).toMatchObject(refused("A pattern cannot hold a NUL character"))
  })

  test("too large to be sent are refused by their size", async () => {
    await using it = await testServer()
    await truncate(join(it.directory, "README.md"), 70_000_000)
    const answer = await it.call("GET", "/file/content?path=README.md")
    expect(answer).toMatchObject({ status: 413, body: { name: "PayloadTooLarge" } })
  })
})

describe("an id that is taken", () => {
  test("stores a prompt once, however often it is sent", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const prompt = { messageID: "msg_1", noReply: true, parts: [{ type: "text", text: "Once." }] }
    const answers = await Promise.all([1, 2, 3].map(() => it.call("POST", `/session/${id}/message`, prompt)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
    expect((await it.call("GET", `/session/${id}/message/msg_1`)).body.parts).toHaveLength(1)
    const command = { agent: "build", command: "true", messageID: "msg_1" }
    expect(await it.call("POST", `/session/${id}/shell`, command)).toMatchObject(refused(/exists already: msg_1/))
    expect((await it.call("GET", `/session/${id}/message`)).body).toHaveLength(1)
    expect((await it.call("GET", "/session/status")).body).toEqual({})
  })

  test("of a part refuses the prompt", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const part = { id: "prt_1", type: "text", text: "Twice." }
    const answer = await it.call("POST", `/session/${id}/message`, { noReply: true, parts: [part, part] })
    expect(answer).toMatchObject(refused("Two parts of the prompt have the same id"))
    expect((await it.call("GET", `/session/${id}/message`)).body).toEqual([])
  })
})

describe("a file part", () => {
  const send = async (it: TestServer, id: string, url: string, mime = "text/plain") =>
    it.call("POST", `/session/${id}/message`, { noReply: true, parts: [{ type: "file", url, mime }] })

  test("whose URL leads to no file is refused", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    for (const url of ["file://other/a.txt", `file://${it.directory}/a%2Fb`, "file:///a%00b", "file:///a%ffb"])
      for (const mime of ["text/plain", "image/png"])
        expect(await send(it, id, url, mime)).toMatchObject(refused(`Not the URL of a file here: ${url}`))
    for (const url of ["data:text/plain,%", "data:text/plain,%ff"])
      expect(await send(it, id, url)).toMatchObject(refused(/cannot be decoded/))
    expect((await it.call("GET", `/session/${id}/message`)).body).toEqual([])
  })

  test("that would never end is not begun", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const pipe = join(it.directory, "pipe")
    Bun.spawnSync(["mkfifo", pipe])
    for (const path of [pipe, "/dev/zero"])
      expect(await send(it, id, `file://${path}`, "image/png")).toMatchObject(refused(/not a regular file/))
  })

  test("that no vendor could open does not spoil later prompts", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const user = (await it.call("POST", `/session/${id}/message`, { noReply: true, parts: [] })).body.info.id
    for (const [index, url] of ["not a URL", "file:///etc/passwd"].entries()) {
      const ids = { id: `prt_${index}`, messageID: user, sessionID: id }
      const path = `/session/${id}/message/${user}/part/${ids.id}`
      expect((await it.call("PATCH", path, { ...ids, type: "file", mime: "image/png", url })).status).toBe(200)
    }
    const { info } = (await it.call("POST", `/session/${id}/message`, script("Fine."))).body
    expect(info).toMatchObject({ finish: "stop" })
    expect(info.error).toBeUndefined()
  })
})

describe("a shell command", () => {
  const shell = (it: TestServer, id: string, command: string) =>
    it.call("POST", `/session/${id}/shell`, { agent: "build", command })

  test("that cannot be started is an error of its call", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const { status, body } = await shell(it, id, `: ${"x".repeat(3_000_000)}`)
    expect(status).toBe(200)
    expect(body.info.time.completed).toBeNumber()
    expect(body.parts[0].state).toMatchObject({ status: "error", error: expect.stringContaining("Cannot start") })
    expect((await it.call("GET", "/session/status")).body).toEqual({})
  })

  test("with a NUL is refused", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    expect(await shell(it, id, "echo a\0b")).toMatchObject(refused("A command cannot hold a NUL character"))
    expect((await it.call("GET", `/session/${id}/message`)).body).toEqual([])
  })
})

import { describe, expect, test } from "bun:test"
import { connect } from "node:net"
import { testServer } from "../helper/server"

test("paths are found however they are spelled", async () => {
  await using it = await testServer()
  for (const path of ["/path", "/path/", "//path", "/PATH", "/Path/"])
    expect(await it.call("GET", path)).toMatchObject({ status: 200, body: { directory: it.directory } })
})

test("an unknown path is a 404 and a wrong method a 405, both in JSON", async () => {
  await using it = await testServer()
  expect(await it.call("GET", "/nope")).toMatchObject({ status: 404, body: { name: "NotFoundError" } })
  const wrong = await it.call("PUT", "/global/health")
  expect(wrong).toMatchObject({ status: 405, body: { name: "MethodNotAllowed" } })
  expect(wrong.headers.get("allow")).toBe("GET")
  expect((await it.call("DELETE", "/global/config")).headers.get("allow")).toBe("GET, PATCH")
})

test("HEAD answers like GET, without a body", async () => {
  await using it = await testServer()
  const answer = await it.call("HEAD", "/global/health")
  expect(answer).toMatchObject({ status: 200, body: undefined })
  expect(answer.headers.get("content-type")).toBe("application/json")
})

describe("the directory of a request", () => {
  test("is named by query, by header, or is the server's own", async () => {
    await using it = await testServer()
    const other = await it.makeDirectory("other place")
    const encoded = encodeURIComponent(other)
    const directoryOf = async (path: string, headers?: Record<string, string>) =>
      (await it.call("GET", path, undefined, headers)).body.directory

    expect(await directoryOf("/path")).toBe(it.directory)
    expect(await directoryOf("/path?directory=")).toBe(it.directory)
    expect(await directoryOf(`/path?directory=${encoded}`)).toBe(other)
    expect(await directoryOf(`/path?directory=${encoded}%2F`)).toBe(other)
    expect(await directoryOf(`/path?location%5Bdirectory%5D=${encoded}`)).toBe(other)
    expect(await directoryOf("/path", { "x-opencode-directory": encoded })).toBe(other)
    expect(await directoryOf("/path", { "x-opencode-directory": "%zz" })).toBe(`${it.directory}/%zz`)
    expect(await directoryOf(`/path?directory=${encoded}`, { "x-opencode-directory": it.directory })).toBe(other)
    expect(await directoryOf("/path?directory=a/b")).toBe(`${it.directory}/a/b`)
  })

  test("may not exist: it belongs to no project then", async () => {
    await using it = await testServer()
    expect(await it.call("GET", `/path?directory=${it.root}/none`)).toMatchObject({
      status: 200,
      body: { worktree: "/" },
    })
    expect(await it.call("GET", `/project/current?directory=${it.root}/none`)).toMatchObject({ body: { id: "global" } })
  })

  test("cannot hold a NUL", async () => {
    await using it = await testServer()
    expect(await it.call("GET", "/path?directory=a%00b")).toMatchObject({ status: 400, body: { name: "BadRequest" } })
  })

  test("is not opened by routes that need none", async () => {
    await using it = await testServer()
    await it.call("GET", "/global/health")
    await it.call("POST", "/log", { service: "s", level: "info", message: "hello" })
    expect(it.app.instances.size).toBe(0)
  })
})

test("large answers are compressed for those who can read it", async () => {
  await using it = await testServer()
  const plain = await it.call("GET", "/agent", undefined, { "accept-encoding": "identity" })
  expect(plain.headers.get("content-encoding")).toBeNull()
  const response = await fetch(`${it.url}/agent`, { headers: { "accept-encoding": "gzip" }, decompress: false })
  expect(response.headers.get("content-encoding")).toBe("gzip")
  expect(JSON.parse(new TextDecoder().decode(Bun.gunzipSync(await response.arrayBuffer())))).toEqual(plain.body)
  const small = await fetch(`${it.url}/global/health`, { headers: { "accept-encoding": "gzip" } })
  expect(small.headers.get("content-encoding")).toBeNull()
})

describe("odd requests", () => {
  const answerTo = (it: { url: string }, text: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(it.url).port), "127.0.0.1")
      socket.once("data", (data) => {
        resolve(`${data}`)
        socket.destroy()
      })
      socket.write(text)
    })

  test.each([
    ["GET /path HTTP/1.0\r\n", "200 OK"],
    ["GET /path HTTP/1.1\r\nHost: a\r\n", "200 OK"],
    ["GET //PATH/?directory=%zz HTTP/1.1\r\nHost: a\r\n", "200 OK"],
    ["GET /session/../path HTTP/1.1\r\nHost: a\r\n", "200 OK"],
    ["GET /session/%zz HTTP/1.1\r\nHost: a\r\n", "400 Bad Request"],
    ["GET /session/ses_%00 HTTP/1.1\r\nHost: a\r\n", "404 Not Found"],
    ["GET /session/ses_a%2Fb HTTP/1.1\r\nHost: a\r\n", "404 Not Found"],
    ["GET /PERMISSION/per_X/REPLY HTTP/1.1\r\nHost: a\r\n", "405 Method Not Allowed"],
    ["GET /* HTTP/1.1\r\nHost: a\r\n", "404 Not Found"],
    ["GET // HTTP/1.1\r\nHost: a\r\n", "404 Not Found"],
  ])("%j: %s", async (head, status) => {
    await using it = await testServer()
    const answer = await answerTo(it, `${head}\r\n`)
    expect(answer.split("\r\n")[0]).toEndWith(status)
    expect(it.log.filter((line) => line.includes("ERROR"))).toEqual([])
  })

  test("ids keep their case where fixed words do not", async () => {
    await using it = await testServer()
    const body = JSON.stringify({ reply: "once" })
    const head = `POST /PERMISSION/per_Xy/Reply HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`
    expect(await answerTo(it, head + body)).toContain("Permission request not found: per_Xy")
  })
})

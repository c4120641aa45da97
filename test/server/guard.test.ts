import { describe, expect, test } from "bun:test"
import { hostname } from "node:os"
import { testServer } from "../helper/server"

const log = { service: "s", level: "info", message: "m" }

describe("a request to a foreign name (DNS rebinding)", () => {
  test.each([
    ["127.0.0.1:4096", 200],
    ["10.0.0.7", 200],
    ["[::1]:4096", 200],
    ["localhost:4096", 200],
    ["LOCALHOST.", 200],
    ["app.localhost:1", 200],
    ["opencode.local:4096", 200],
    ["host.docker.internal:4096", 200],
    ["opencode:4096", 200],
    [`${hostname()}:4096`, 200],
    ["my.own.name", 200],
    ["allowed.example:8080", 200],
    ["evil.example", 403],
    ["evil.example:4096", 403],
    ["127.0.0.1.evil.example", 403],
    ["localhost.evil.example", 403],
  ])("%s: %d", async (host, status) => {
    await using it = await testServer({ git: false, hostname: "my.own.name", cors: ["https://allowed.example"] })
    const answer = await it.call("GET", "/global/health", undefined, { host })
    expect(answer.status).toBe(status)
    if (status === 403)
      expect(answer.body).toMatchObject({ name: "Forbidden", data: { message: expect.stringContaining("--cors") } })
  })

  test("is fine where a password is asked for", async () => {
    await using it = await testServer({ git: false, password: "secret" })
    const headers = { host: "behind.a.proxy", authorization: `Basic ${btoa("opencode:secret")}` }
    expect((await it.call("GET", "/global/health", undefined, headers)).status).toBe(200)
  })
})

test.each(["a:99999", "[", "%"])("the host %j is none: 400, before anything else", async (host) => {
  await using it = await testServer({ git: false, password: "secret" })
  const { promise, resolve } = Promise.withResolvers<string>()
  let text = ""
  await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(it.url).port),
    socket: {
      open: (socket) => void socket.write(`GET /path HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
      data: (_, bytes) => {
        text += bytes.toString()
      },
      close: () => resolve(text),
    },
  })
  const [head, body] = (await promise).split("\r\n\r\n")
  expect(head).toStartWith("HTTP/1.1 400")
  expect(JSON.parse(body!)).toMatchObject({ name: "BadRequest", data: { message: "The header Host names no host" } })
})

describe("a write from a page", () => {
  test.each([
    ["http://evil.example", 403],
    ["null", 403],
    ["vscode-webview://x", 403],
    ["http://localhost:3000", 200],
    ["http://allowed.example", 200],
  ])("of %s: %d", async (origin, status) => {
    await using it = await testServer({ git: false, cors: ["http://allowed.example"] })
    // Like a form or a fetch without preflight: the content type says text.
    const answer = await it.call("POST", "/log", log, { origin, "content-type": "text/plain" })
    expect(answer.status).toBe(status)
    expect(it.log.some((line) => line.includes('"service":"s"'))).toBe(status === 200)
  })

  test("of the server itself passes", async () => {
    await using it = await testServer({ git: false })
    expect((await it.call("POST", "/log", log, { origin: it.url })).status).toBe(200)
  })

  test("may not be a WebSocket in disguise", async () => {
    await using it = await testServer({ git: false })
    const headers = { origin: "http://evil.example", upgrade: "websocket", connection: "upgrade" }
    expect((await it.call("GET", "/global/health", undefined, headers)).status).toBe(403)
  })

  test("reading is left to the browser's own rule", async () => {
    await using it = await testServer({ git: false })
    const answer = await it.call("GET", "/global/health", undefined, { origin: "http://evil.example" })
    expect(answer.status).toBe(200)
    expect(answer.headers.get("access-control-allow-origin")).toBeNull()
  })
})

describe("a request that the browser says another site makes", () => {
  const hostile = { mcp: { planted: { type: "local", command: ["touch", "started"] } } }

  test.each([
    ["an image", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }, 403],
    [
      "a script of a page",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", origin: "http://evil.example" },
      403,
    ],
    ["a link", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, 403],
    [
      "a script of an allowed page",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", origin: "http://ok.example" },
      200,
    ],
    ["a page of its own", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }, 200],
    ["the user", { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" }, 200],
  ])("as %s: %#", async (_, headers, status) => {
    await using it = await testServer({ git: false, cors: ["http://ok.example"] })
    const planted = await it.makeDirectory("planted", {
      git: false,
      files: { "opencode.json": JSON.stringify(hostile) },
    })
    const path = `/mcp?directory=${encodeURIComponent(planted)}`
    expect((await it.call("GET", path, undefined, headers)).status).toBe(status)
    expect(await Bun.file(`${planted}/started`).exists()).toBe(status === 200)
  })

  test("follows links to pages for people", async () => {
    await using it = await testServer({ git: false })
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", accept: "text/html" }
    expect((await it.call("GET", "/doc", undefined, headers)).status).toBe(200)
  })
})

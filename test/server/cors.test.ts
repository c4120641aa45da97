import { expect, test } from "bun:test"
import { testServer } from "../helper/server"

const LOCAL = "http://localhost:3000"
const FOREIGN = "http://evil.example"
const wanted = "content-type,x-opencode-directory"

async function preflight(url: string, origin?: string) {
  const headers = { ...(origin && { origin }), "access-control-request-method": "POST" }
  return fetch(`${url}/session`, {
    method: "OPTIONS",
    headers: { ...headers, "access-control-request-headers": wanted },
  })
}

test.each([
  ["http://localhost:3000", true],
  ["http://127.0.0.1:8080", true],
  ["https://app.opencode.ai", true],
  ["https://opencode.ai", true],
  ["https://x.y.opencode.ai", true],
  ["tauri://localhost", true],
  ["http://tauri.localhost", true],
  ["https://tauri.localhost", true],
  ["oc://renderer", true],
  ["http://localhost", false],
  ["https://localhost", false],
  ["http://app.opencode.ai", false],
  ["https://opencode.ai.evil.example", false],
  ["https://evilopencode.ai", false],
  ["http://localhost:3000.evil.example", false],
  ["vscode-webview://x", false],
  ["null", false],
])("pages of %s may read answers: %p", async (origin, allowed) => {
  await using it = await testServer({ git: false })
  const before = await preflight(it.url, origin)
  expect(before.status).toBe(204)
  expect(before.headers.get("access-control-allow-methods")).toBe("GET, HEAD, PUT, PATCH, POST, DELETE")
  expect(before.headers.get("access-control-allow-headers")).toBe(wanted)
  expect(before.headers.get("access-control-max-age")).toBe("86400")
  expect(before.headers.get("access-control-allow-origin")).toBe(allowed ? origin : null)

  const { status, headers } = await it.call("GET", "/global/health", undefined, { origin })
  expect(status).toBe(200)
  expect(headers.get("access-control-allow-origin")).toBe(allowed ? origin : null)
  expect(headers.get("access-control-allow-credentials")).toBeNull()
  expect(headers.get("access-control-allow-methods")).toBeNull()
  expect(headers.get("vary")).toContain("Origin")
})

test("further origins are allowed exactly as they were given", async () => {
  await using it = await testServer({ git: false, cors: [FOREIGN] })
  const allowed = async (origin: string) =>
    (await it.call("GET", "/global/health", undefined, { origin })).headers.get("access-control-allow-origin")
  expect(await allowed(FOREIGN)).toBe(FOREIGN)
  expect(await allowed("https://evil.example")).toBeNull()
  expect(await allowed(`${FOREIGN}.com`)).toBeNull()
})

test("errors carry the headers too", async () => {
  await using it = await testServer({ git: false, password: "secret" })
  for (const path of ["/nope", "/global/health"]) {
    const { status, headers } = await it.call("GET", path, undefined, { origin: LOCAL })
    expect({ status, origin: headers.get("access-control-allow-origin") }).toEqual({ status: 401, origin: LOCAL })
  }
})

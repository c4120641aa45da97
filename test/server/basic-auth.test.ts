import { expect, test } from "bun:test"
import { testServer } from "../helper/server"

const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` })

test("everything asks for the password, except preflights", async () => {
  await using it = await testServer({ git: false, password: "secret" })
  const requests = [
    ["GET", "/global/health"],
    ["GET", "/doc"],
    ["GET", "/doc/swagger-ui.js"],
    ["GET", "/event"],
    ["GET", "/nope"],
    ["GET", "/"],
    ["HEAD", "/session"],
    ["POST", "/session"],
    ["PUT", "/global/health"],
  ] as const
  for (const [method, path] of requests) {
    const answer = await it.call(method, path)
    expect({ method, path, status: answer.status, body: answer.body }).toEqual({
      method,
      path,
      status: 401,
      body: undefined,
    })
    expect(answer.headers.get("www-authenticate")).toBe('Basic realm="Secure Area"')
  }
  expect((await fetch(`${it.url}/session`, { method: "OPTIONS" })).status).toBe(204)
  expect(it.app.instances.size).toBe(0)
})

test.each<[string, Record<string, string>, string, number]>([
  ["the header", basic("opencode:secret:x"), "", 200],
  ["the header in small letters", { authorization: `basic ${btoa("opencode:secret:x")}` }, "", 200],
  ["a wrong password", basic("opencode:secret"), "", 401],
  ["a wrong user", basic("other:secret:x"), "", 401],
  ["no password", basic("opencode:"), "", 401],
  ["another scheme", { authorization: "Bearer secret:x" }, "", 401],
  ["no base64", { authorization: "Basic !!!" }, "", 401],
  ["the token in the query", {}, btoa("opencode:secret:x"), 200],
  ["a wrong token", {}, btoa("opencode:wrong"), 401],
  ["a wrong header with a right token", basic("opencode:wrong"), btoa("opencode:secret:x"), 200],
  ["a right header with a wrong token", basic("opencode:secret:x"), btoa("opencode:wrong"), 401],
])("%s", async (_, headers, token, status) => {
  await using it = await testServer({ git: false, password: "secret:x" })
  const query = token && `?auth_token=${encodeURIComponent(token)}`
  expect((await it.call("GET", `/global/health${query}`, undefined, headers)).status).toBe(status)
})

test("the user may have another name, and passwords other letters", async () => {
  await using it = await testServer({ git: false, password: "s:e ç", username: "bob" })
  const token = Buffer.from("bob:s:e ç").toString("base64")
  expect((await it.call("GET", "/global/health", undefined, { authorization: `Basic ${token}` })).status).toBe(200)
  expect((await it.call("GET", "/global/health", undefined, basic("opencode:x"))).status).toBe(401)
})

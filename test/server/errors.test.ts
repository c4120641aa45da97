import { describe, expect, test } from "bun:test"
import { connect } from "node:net"
import { KindGuard, type TSchema, Type } from "@sinclair/typebox"
import { firstProblem } from "../../src/base/schema-problem"
import { allRoutes } from "../../src/server/all-routes"
import { json } from "../../src/server/answers"
import type { Route } from "../../src/server/route"
import { route } from "../../src/server/route"
import { testServer } from "../helper/server"

const isBadRequest = (body: { name?: string; _tag?: string }) =>
  body.name === "BadRequest" || body._tag === "BadRequest" || body._tag === "InvalidRequestError"

/** An id of the right form that nothing has, or any word. */
const anyParam = (schema: TSchema): string => (schema.pattern ? `${schema.pattern.slice(1)}_none` : "none")

function pathOf({ path, definition }: Route, params: Record<string, string> = {}): string {
  const values = Object.entries(definition.params ?? {}).map(([name, schema]) => [
    name,
    params[name] ?? anyParam(schema),
  ])
  return values.reduce((text, [name, value]) => text.replace(`:${name}`, value!), path)
}

const WRONG = [5, "text", true, [1], { a: 1 }, null]

describe("every route refuses what does not fit its schemas, field by field", () => {
  const bodies = allRoutes.flatMap((each) => {
    const { body } = each.definition
    if (!body) return []
    const fields = KindGuard.IsObject(body) ? Object.entries<TSchema>(body.properties) : []
    const wrong = fields.flatMap(([name, schema]) =>
      WRONG.filter((value) => firstProblem(Type.Object({ [name]: schema }), { [name]: value })).map((value) => ({
        [name]: value,
      })),
    )
    return [...wrong, "text", 5, [], null]
      .filter((value) => firstProblem(body, value))
      .map((value) => ({ each, value }))
  })

  test("bodies", async () => {
    await using it = await testServer()
    expect(bodies.length).toBeGreaterThan(100)
    for (const { each, value } of bodies) {
      const answer = await it.call(each.method, pathOf(each), value)
      expect({ route: each.path, value, status: answer.status }).toEqual({ route: each.path, value, status: 400 })
      expect(isBadRequest(answer.body)).toBe(true)
    }
    expect(it.heard("session.created")).toEqual([])
  }, 20_000)

  test("bodies that are no JSON, no text or no body at all", async () => {
    await using it = await testServer()
    for (const each of allRoutes.filter(({ definition }) => definition.body)) {
      for (const raw of ["{bad", "title=T", "\xff\xfe\xff".repeat(2)]) {
        const answer = await it.call(
          each.method,
          pathOf(each),
          Uint8Array.from(raw, (char) => char.charCodeAt(0)),
        )
        expect({ route: each.path, raw, status: answer.status }).toEqual({ route: each.path, raw, status: 400 })
        expect(answer.body.data?.message ?? answer.body.message).toMatch(/not valid (JSON|UTF-8)/)
      }
      if (each.definition.unchecked || !firstProblem(each.definition.body!, {})) continue
      expect({ route: each.path, status: (await it.call(each.method, pathOf(each))).status }).toEqual({
        route: each.path,
        status: 400,
      })
    }
  }, 20_000)

  test("parameters of the path", async () => {
    await using it = await testServer()
    let tried = 0
    for (const each of allRoutes) {
      for (const [name, schema] of Object.entries(each.definition.params ?? {})) {
        if (!schema.pattern) continue
        const answer = await it.call(each.method, pathOf(each, { [name]: "nope" }), each.definition.body && {})
        const data = {
          kind: "Params",
          message: `Expected a string starting with "${schema.pattern.slice(1)}", got "nope"\n  at ["${name}"]`,
        }
        expect({ route: each.path, status: answer.status }).toEqual({ route: each.path, status: 400 })
        if (answer.body.data) expect(answer.body.data).toMatchObject(data)
        tried++
      }
    }
    expect(tried).toBeGreaterThan(10)
  })

  test("parameters of the query", async () => {
    await using it = await testServer()
    let tried = 0
    for (const each of allRoutes) {
      for (const [name, schema] of Object.entries(each.definition.query ?? {})) {
        // Any text is a text; a number that is none counts as left out.
        if (KindGuard.IsString(schema) || KindGuard.IsNumber(schema)) continue
        const answer = await it.call(each.method, `${pathOf(each)}?${name}=bo%22gus`, each.definition.body && {})
        expect({ route: each.path, name, status: answer.status }).toEqual({ route: each.path, name, status: 400 })
        tried++
      }
    }
    expect(tried).toBeGreaterThan(5)
    expect(await it.call("GET", "/session?roots=maybe")).toMatchObject({
      body: { data: { kind: "Query", message: 'Expected "true" | "false", got "maybe"\n  at ["roots"]' } },
    })
    expect(await it.call("GET", "/session?start=abc")).toMatchObject({ status: 200, body: [] })
    expect(await it.call("GET", "/vcs/diff")).toMatchObject({
      status: 400,
      body: { name: "BadRequest", data: { kind: "Query", message: 'Missing key\n  at ["mode"]' } },
    })
  })
})

const echo = route(
  "POST",
  "/echo",
  {
    id: "echo",
    tags: ["test"],
    summary: "Echo",
    scope: "global",
    body: Type.Object({
      a: Type.Optional(Type.String()),
      more: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
    responses: { 200: json(Type.Unknown(), "What was understood") },
  },
  ({ body }) => body,
)
const failing = (error: unknown) =>
  route(
    "GET",
    "/fail",
    { id: "fail", tags: ["test"], summary: "Fail", scope: "global", responses: { 200: json(Type.Null(), "Never") } },
    () => {
      throw error
    },
  )

describe("a body", () => {
  test("is JSON whatever content type it claims", async () => {
    await using it = await testServer({ git: false, routes: [echo] })
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8", ""])
      expect(await it.call("POST", "/echo", { a: "ü" }, { "content-type": type })).toMatchObject({
        status: 200,
        body: { a: "ü" },
      })
    expect((await it.call("POST", "/echo")).body).toEqual({})
  })

  test("loses unknown keys and nulls, and cannot reach a prototype", async () => {
    await using it = await testServer({ git: false, routes: [echo] })
    const raw = '{"a":null,"b":1,"__proto__":{"evil":1},"more":{"__proto__":{"evil":1},"constructor":1}}'
    expect((await it.call("POST", "/echo", new TextEncoder().encode(raw))).body).toEqual({ more: { constructor: 1 } })
  })

  test("is refused when it is too large, also without a length", async () => {
    await using it = await testServer({ git: false, routes: [echo] })
    const { hostname, port } = new URL(it.url)
    const ask = (head: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(Number(port), hostname)
        socket.once("data", (data) => {
          resolve(`${data}`)
          socket.destroy()
        })
        socket.write(`POST /echo HTTP/1.1\r\nhost: localhost\r\n${head}\r\n\r\n`)
      })
    expect(await ask(`content-length: ${64 * 1024 * 1024 + 1}`)).toStartWith("HTTP/1.1 413")
    const chunk = new Uint8Array(1024 * 1024).fill(32)
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(chunk) })
    const answer = await fetch(`${it.url}/echo`, { method: "POST", body: endless, duplex: "half" } as RequestInit)
    expect(answer.status).toBe(413)
  })
})

describe("an error nobody expected", () => {
  test("is told by a reference only, under which it is logged", async () => {
    await using it = await testServer({ git: false, routes: [failing(new Error("secret /etc/path"))] })
    const { status, body } = await it.call("GET", "/fail?auth_token=hidden")
    expect(status).toBe(500)
    expect(body).toEqual({
      name: "UnknownError",
      data: {
        message: "Unexpected server error. Check server logs for details.",
        ref: expect.stringMatching(/^err_[0-9a-f]{8}$/),
      },
    })
    const line = it.log.find((each) => each.includes(body.data.ref))
    expect(line).toContain("secret /etc/path")
    expect(line).not.toContain("hidden")
  })

  test.each([["text"], [undefined], [null], [{ odd: true }]])(
    "may be anything that can be thrown: %p",
    async (thrown) => {
      await using it = await testServer({ git: false, routes: [failing(thrown)] })
      expect(await it.call("GET", "/fail")).toMatchObject({ status: 500, body: { name: "UnknownError" } })
    },
  )
})

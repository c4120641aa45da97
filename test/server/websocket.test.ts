import { expect, test } from "bun:test"
import { Type } from "@sinclair/typebox"
import { tagged } from "../../src/base/error"
import { json } from "../../src/server/answers"
import { route } from "../../src/server/route"
import { testServer } from "../helper/server"

const echo = route(
  "GET",
  "/echo/:name",
  {
    id: "echo",
    tags: ["test"],
    summary: "Echo",
    scope: "global",
    ticket: true,
    params: { name: Type.String() },
    query: { ticket: Type.Optional(Type.String()) },
    responses: { 200: json(Type.Boolean(), "Connected"), 403: json(Type.Object({ _tag: Type.String() }), "No ticket") },
  },
  ({ params, query, upgrade }) => {
    if (query.ticket !== undefined && query.ticket !== "good") throw tagged(403, "Forbidden", "Not a valid ticket")
    return upgrade({
      open: (socket) => void socket.send(`hello ${params.name}`),
      message: (socket, data) => void socket.send(data),
      close: () => {},
    })
  },
)

/** What a socket hears until it has heard `count` messages, or that it was refused. */
function talk(url: string, say: string, count: number): Promise<string[]> {
  const { promise, resolve } = Promise.withResolvers<string[]>()
  const heard: string[] = []
  const socket = new WebSocket(url.replace("http", "ws"))
  socket.onopen = () => socket.send(say)
  socket.onclose = () => resolve(heard.length ? heard : ["refused"])
  socket.onmessage = ({ data }) => {
    heard.push(String(data))
    if (heard.length === count) socket.close()
  }
  return promise
}

test("a route can make its request a WebSocket; text stays text", async () => {
  await using it = await testServer({ git: false, routes: [echo] })
  expect(await talk(`${it.url}/echo/you`, '{"a":1}', 2)).toEqual(["hello you", '{"a":1}'])
  expect(await talk(`${it.url}//ECHO/You/`, "x", 2)).toEqual(["hello You", "x"])
  expect(await it.call("GET", "/echo/you")).toMatchObject({ status: 400, body: { name: "BadRequest" } })
})

test("a ticket stands for the password, on routes that know tickets only", async () => {
  await using it = await testServer({ git: false, routes: [echo], password: "secret" })
  expect(await talk(`${it.url}/echo/you`, "x", 2)).toEqual(["refused"])
  expect(await talk(`${it.url}/echo/you?ticket=good`, "x", 2)).toEqual(["hello you", "x"])
  expect(await talk(`${it.url}/echo/you?auth_token=${btoa("opencode:secret")}`, "x", 2)).toEqual(["hello you", "x"])
  expect((await it.call("GET", "/echo/you?ticket=bad")).status).toBe(403)
  expect((await it.call("GET", "/doc?ticket=good")).status).toBe(401)
})

import { describe, expect, test } from "bun:test"
import { openInstance } from "../../src/instance/instance"
import { connectedServers } from "../../src/mcp/servers"
import { calls } from "../helper/calls"
import { startHttpServer, startSseServer } from "../helper/mcp/remote-server"
import { testServer } from "../helper/server"

const remote = (url: string, more: object = {}) => ({ config: { mcp: { demo: { type: "remote", url, ...more } } } })
const echo = { tool: "demo_echo", input: { text: "hi" } }

describe("streamable HTTP", () => {
  test("connects, calls tools with the configured headers, and takes leave", async () => {
    await using server = startHttpServer()
    await using it = await testServer(remote(server.url, { headers: { "x-key": "hunter22" } }))
    expect((await it.call("GET", "/mcp")).body).toEqual({ demo: { status: "connected" } })
    expect((await calls(it, echo))[0].state).toMatchObject({
      status: "completed",
      output: expect.stringMatching(/^hi/),
    })
    expect(server.requests.length).toBeGreaterThan(3)
    for (const { headers } of server.requests) expect(headers.get("x-key")).toBe("hunter22")
    expect(server.requests[0]?.headers.get("user-agent")).toBe("opencode/0.0.0-test")
    expect(server.sessions.size).toBe(1)
    await it.call("POST", "/mcp/demo/disconnect")
    expect(server.sessions.size).toBe(0)
  })

  test("hears of changed tools", async () => {
    await using server = startHttpServer()
    await using it = await testServer(remote(server.url))
    await calls(it, { tool: "demo_grow" })
    expect((await it.waitFor("mcp.tools.changed")).properties).toEqual({ server: "demo" })
    expect((await calls(it, { tool: "demo_grown" }))[0].state.output).toBe("Called grown.")
  })

  test("goes on with a new session when the server has forgotten the old one", async () => {
    await using server = startHttpServer()
    await using it = await testServer(remote(server.url))
    await calls(it, echo)
    server.forget()
    const states = (await calls(it, echo, echo)).map((part: { state: { status: string } }) => part.state.status)
    expect(states).toEqual(["completed", "completed"])
  })

  test("a call that takes too long is cancelled, one that tells how far it is has more time", async () => {
    await using server = startHttpServer()
    await using it = await testServer(remote(server.url, { timeout: 250 }))
    const [work, stall] = await calls(it, { tool: "demo_work" }, { tool: "demo_stall" })
    expect(work.state.output).toBe("Worked.")
    expect(stall.state).toMatchObject({ status: "error", error: "MCP error -32001: Request timed out" })
    expect([...server.sessions.values()].flatMap(({ cancelled }) => cancelled)).toEqual(["stall"])
  })

  test("a server that is gone fails the call and has failed itself", async () => {
    const server = startHttpServer()
    await using it = await testServer(remote(server.url))
    await it.call("GET", "/mcp")
    await server[Symbol.asyncDispose]()
    const [call] = await calls(it, echo)
    expect(call.state).toMatchObject({ status: "error", error: expect.stringContaining("Unable to connect") })
    expect((await it.call("GET", "/mcp")).body.demo).toMatchObject({ status: "failed" })
    expect(it.heard("mcp.tools.changed")).toHaveLength(1)
  })

  test("a server that wants a login which is switched off has failed", async () => {
    await using server = startHttpServer(() => new Response("Who are you?", { status: 401 }))
    await using it = await testServer(remote(server.url, { oauth: false }))
    expect((await it.call("GET", "/mcp")).body.demo).toEqual({
      status: "failed",
      error: "Streamable HTTP error: Error POSTing to endpoint: Who are you?",
    })
    expect(server.requests).toHaveLength(1)
    expect(await it.call("POST", "/mcp/demo/auth")).toMatchObject({ status: 400 })
  })

  test.each(["ftp://example.com/mcp", "nonsense"])("the address %s is refused", async (url) => {
    await using it = await testServer(remote(url))
    expect((await it.call("GET", "/mcp")).body.demo).toEqual({
      status: "failed",
      error: `The configured url is no http or https address: ${url}`,
    })
  })
})

describe("a server that keeps others waiting", () => {
  test("is left out of what they want, and told of when it is there", async () => {
    const gate = Promise.withResolvers<undefined>()
    await using server = startHttpServer(() => gate.promise)
    await using it = await testServer(remote(server.url))
    const instance = await openInstance(it.app, it.directory)
    expect(await connectedServers(instance, "list", 20)).toEqual([])
    expect(it.heard("mcp.tools.changed")).toEqual([])
    gate.resolve(undefined)
    await it.waitFor("mcp.tools.changed")
    expect((await it.call("GET", "/mcp")).body).toEqual({ demo: { status: "connected" } })
  })

  test("is given up after its time, and does not keep a prompt", async () => {
    await using server = startHttpServer(() => new Promise(() => {}))
    await using it = await testServer(remote(server.url, { timeout: 150 }))
    expect(await calls(it, echo)).toMatchObject([{ tool: "invalid" }])
    expect((await it.call("GET", "/mcp")).body.demo).toEqual({
      status: "failed",
      error: "No answer within 0.15 seconds",
    })
  })

  test("is not waited for when it is disconnected, nor when its directory is closed", async () => {
    await using server = startHttpServer(() => new Promise(() => {}))
    await using it = await testServer(remote(server.url))
    const connecting = it.call("POST", "/mcp/demo/connect")
    while (server.requests.length === 0) await Bun.sleep(5)
    await it.call("POST", "/mcp/demo/disconnect")
    expect((await connecting).body).toBe(true)
    expect((await it.call("GET", "/mcp")).body).toEqual({ demo: { status: "disabled" } })
    const again = it.call("POST", "/mcp/demo/connect")
    while (server.requests.length === 1) await Bun.sleep(5)
    await it.call("POST", "/instance/dispose")
    expect((await again).status).toBe(200)
  })
})

describe("the older protocol", () => {
  test("is spoken to servers that know no other", async () => {
    await using server = startSseServer()
    await using it = await testServer(remote(server.url, { headers: { "x-key": "hunter22" } }))
    expect((await it.call("GET", "/mcp")).body).toEqual({ demo: { status: "connected" } })
    expect((await calls(it, echo))[0].state.status).toBe("completed")
    expect(server.requests.slice(0, 2)).toMatchObject([
      { method: "POST", path: "/sse" },
      { method: "GET", path: "/sse" },
    ])
    for (const { headers } of server.requests) expect(headers.get("x-key")).toBe("hunter22")
  })

  test("a stream that breaks is a connection that is lost", async () => {
    await using server = startSseServer()
    await using it = await testServer(remote(server.url))
    await it.call("GET", "/mcp")
    server.cut()
    await it.waitFor("mcp.tools.changed")
    expect((await it.call("GET", "/mcp")).body.demo).toMatchObject({ status: "failed" })
    await it.call("POST", "/mcp/demo/connect")
    expect((await calls(it, echo))[0].state.status).toBe("completed")
  })
})

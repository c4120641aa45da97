import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { openInstance } from "../../src/instance/instance"
import { stopIdle } from "../../src/mcp/servers"
import { calls } from "../helper/calls"
import { script } from "../helper/script"
import { type TestServer, testServer } from "../helper/server"

const PROGRAM = join(import.meta.dir, "../helper/mcp/demo-server.ts")
const command = [process.execPath, PROGRAM]
const demo = { type: "local", command }

const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const where = async (it: TestServer) => JSON.parse((await calls(it, { tool: "demo_where" }))[0].state.output)

describe("status", () => {
  test("tells of each server how it stands, and of failed ones why", async () => {
    await using it = await testServer({
      config: {
        mcp: {
          demo,
          off: { ...demo, enabled: false },
          dies: {
            type: "local",
            command: ["/bin/sh", "-c", "echo 'No key hunter22' >&2; exit 7"],
            environment: { KEY: "hunter22" },
          },
          missing: { type: "local", command: ["/nonexistent/program"] },
          nowhere: { ...demo, cwd: "/nonexistent" },
          empty: { type: "local", command: [] },
          hangs: { type: "local", command: ["/bin/sleep", "60"], timeout: 200 },
          chatters: { type: "local", command: ["yes"] },
          elsewhere: { enabled: false },
        },
      },
    })
    // One that prints without pause holds up nobody.
    const listing = it.call("GET", "/mcp")
    expect((await it.call("GET", "/global/health")).status).toBe(200)
    await listing
    expect(await it.call("GET", "/mcp")).toMatchObject({
      status: 200,
      body: {
        demo: { status: "connected" },
        off: { status: "disabled" },
        dies: { status: "failed", error: "MCP error -32000: Connection closed\nNo key ***" },
        missing: { status: "failed", error: expect.stringContaining("/nonexistent/program") },
        nowhere: { status: "failed", error: "There is no directory /nonexistent" },
        empty: { status: "failed", error: "The configured command is empty" },
        hangs: { status: "failed", error: "No answer within 0.2 seconds" },
        chatters: {
          status: "failed",
          // `yes` itself says then that nobody reads it any more.
          error: expect.stringMatching(
            /^MCP error -32000: Connection closed\nThe program has printed 10000 lines that are no messages(\nyes: .*)?$/,
          ),
        },
      },
    })
    expect(Object.keys((await it.call("GET", "/mcp")).body)).not.toContain("elsewhere")
    // Those that failed have left nothing behind.
    expect(it.app.processes.list()).toHaveLength(1)
    expect(it.log.join("")).not.toContain("hunter22")
  })

  test("nothing is started before somebody asks", async () => {
    await using it = await testServer({ config: { mcp: { demo } } })
    await it.call("GET", "/config")
    await it.call("GET", "/session")
    expect(it.app.processes.list()).toEqual([])
  })

  test("servers are added, disconnected and connected again while the instance lives", async () => {
    await using it = await testServer()
    expect((await it.call("GET", "/mcp")).body).toEqual({})
    const added = await it.call("POST", "/mcp", { name: "demo", config: demo })
    expect(added.body).toEqual({ demo: { status: "connected" } })
    expect((await it.call("POST", "/mcp", { name: "off", config: { ...demo, enabled: false } })).body).toEqual({
      demo: { status: "connected" },
      off: { status: "disabled" },
    })
    expect((await it.call("POST", "/mcp/demo/disconnect")).body).toBe(true)
    expect((await it.call("GET", "/mcp")).body.demo).toEqual({ status: "disabled" })
    expect(it.app.processes.list()).toEqual([])
    for (const name of ["demo", "off"]) expect((await it.call("POST", `/mcp/${name}/connect`)).body).toBe(true)
    expect((await it.call("GET", "/mcp")).body).toEqual({
      demo: { status: "connected" },
      off: { status: "connected" },
    })
    expect(it.app.processes.list()).toHaveLength(2)

    await it.call("POST", "/mcp", { name: "demo", config: { type: "local", command: ["/bin/false"] } })
    expect((await it.call("GET", "/mcp")).body.demo.status).toBe("failed")
    expect(it.app.processes.list()).toHaveLength(1)
    await it.call("POST", "/instance/dispose")
    expect(it.app.processes.list()).toEqual([])
    expect((await it.call("GET", "/mcp")).body).toEqual({})
  })

  test("what is wrong with a request is told", async () => {
    await using it = await testServer()
    for (const [method, path] of [
      ["POST", "connect"],
      ["POST", "disconnect"],
      ["POST", "auth"],
      ["DELETE", "auth"],
      ["POST", "auth/authenticate"],
    ] as const)
      expect(await it.call(method, `/mcp/none/${path}`)).toMatchObject({
        status: 404,
        body: { _tag: "McpServerNotFoundError", name: "none", message: "MCP server not found: none" },
      })
    expect(await it.call("POST", "/mcp", { name: "bad", config: { type: "local", command: "text" } })).toMatchObject({
      status: 400,
      body: { data: { message: 'Expected array, got "text"\n  at ["config"]["command"]' } },
    })
    await it.call("POST", "/mcp", { name: "demo", config: { ...demo, enabled: false } })
    expect(await it.call("POST", "/mcp/demo/auth")).toMatchObject({
      status: 400,
      body: { error: "MCP server demo does not support OAuth" },
    })
    expect((await it.call("DELETE", "/mcp/demo/auth")).body).toEqual({ success: true })
  })

  test("a change of the configuration counts at once, and only for the servers that it changes", async () => {
    await using it = await testServer({ config: { mcp: { demo, other: demo } } })
    await it.call("GET", "/mcp")
    const before = it.app.processes.list()
    await it.call("PATCH", "/config", { mcp: { other: { type: "local", command: ["/bin/false"] } } })
    expect((await it.call("GET", "/mcp")).body).toMatchObject({
      demo: { status: "connected" },
      other: { status: "failed" },
    })
    expect(before).toContain(it.app.processes.list()[0]!)
  })
})

describe("tools", () => {
  test("are called by the model; what they answer, and that they fail, is the model's to read", async () => {
    await using it = await testServer({ config: { mcp: { demo } } })
    const [echo, fail, picture, structured, odd] = await calls(
      it,
      { tool: "demo_echo", input: { text: "hi", further: [1] } },
      { tool: "demo_fail" },
      { tool: "demo_picture" },
      { tool: "demo_structured" },
      { tool: "demo_odd_one_" },
    )
    expect(echo.state).toMatchObject({
      status: "completed",
      title: "",
      output: 'hi\n\n{"text":"hi","further":[1]}',
      metadata: { truncated: false },
    })
    expect(fail.state).toMatchObject({ status: "error", error: "It failed.\n\nBadly." })
    expect(picture.state.output).toBe(
      "Look:\n\ninside\n\nnote://more - more\n\n[1 image left out: not readable, or too large for the model even scaled down.]",
    )
    expect(picture.state.attachments).toMatchObject([
      { type: "file", mime: "image/png", url: expect.stringMatching(/^data:image\/png;base64,iVBOR/) },
    ])
    expect(JSON.parse(structured.state.output)).toEqual({ sum: 5 })
    expect(odd.state.output).toBe("Called odd one..")
  })

  test("run in the project, with the server's environment but not its secrets", async () => {
    await using it = await testServer({
      files: { "sub/file": "" },
      env: { OPENCODE_SERVER_PASSWORD: "secret", GENERAL: "kept" },
      config: { mcp: { demo: { ...demo, cwd: "sub", environment: { OWN: "value" } } } },
    })
    const { cwd, env } = await where(it)
    expect(cwd).toBe(join(it.directory, "sub"))
    expect(env).toMatchObject({ OWN: "value", GENERAL: "kept" })
    expect(env.OPENCODE_SERVER_PASSWORD).toBeUndefined()
  })

  test("are asked for under their name, and can be denied by patterns", async () => {
    await using it = await testServer({
      config: { mcp: { "my demo.x": demo }, permission: { "my_demo_x_*": "ask", my_demo_x_fail: "deny" } },
    })
    const { body: session } = await it.call("POST", "/session", { title: "MCP" })
    const steps = script([{ tool: "my_demo_x_echo", input: { text: "hi" } }], [{ tool: "my_demo_x_fail" }], "Done.")
    const answer = it.call("POST", `/session/${session.id}/message`, steps)
    const { properties } = await it.waitFor("permission.asked")
    expect(properties).toMatchObject({ permission: "my_demo_x_echo", patterns: ["*"], always: ["*"], metadata: {} })
    await it.call("POST", `/permission/${properties.id}/reply`, { reply: "once" })
    await answer
    const { body: messages } = await it.call("GET", `/session/${session.id}/message`)
    expect(JSON.stringify(messages)).toContain("Model tried to call unavailable tool 'my_demo_x_fail'")
    expect((await it.call("GET", "/experimental/tool/ids")).body).not.toContain("my_demo_x_echo")
  })

  test("may change while the server runs", async () => {
    await using it = await testServer({ config: { mcp: { demo } } })
    await calls(it, { tool: "demo_grow" })
    const changed = await it.waitFor("mcp.tools.changed")
    expect(changed.properties).toEqual({ server: "demo" })
    const [grown] = await calls(it, { tool: "demo_grown" })
    expect(grown.state.output).toBe("Called grown.")
  })

  test("end with the run that called them", async () => {
    await using it = await testServer({ config: { mcp: { demo } } })
    const { body: session } = await it.call("POST", "/session", { title: "MCP" })
    const answer = it.call("POST", `/session/${session.id}/message`, script([{ tool: "demo_stall" }], "Done."))
    await it.waitFor(
      ({ type, properties }) =>
        type === "message.part.updated" &&
        "part" in properties &&
        JSON.stringify(properties.part).includes('"running"'),
    )
    await it.call("POST", `/session/${session.id}/abort`)
    expect((await answer).body.parts).toContainEqual(
      expect.objectContaining({ state: expect.objectContaining({ error: "Tool execution aborted" }) }),
    )
    const [echo] = await calls(it, { tool: "demo_echo", input: { text: "still here" } })
    expect(echo.state.status).toBe("completed")
  })
})

describe("a server that ends", () => {
  test("by itself fails the call, is told of, and is started again when that is not too often", async () => {
    await using it = await testServer({ config: { mcp: { demo: { ...demo, environment: { KEY: "hunter22" } } } } })
    const [crash] = await calls(it, { tool: "demo_crash" })
    expect(crash.state).toMatchObject({ status: "error", error: "MCP error -32000: Connection closed" })
    expect((await it.call("GET", "/mcp")).body.demo).toEqual({
      status: "failed",
      error: "Connection closed\nOut of cheese, key is ***",
    })
    expect(it.heard("mcp.tools.changed")).toHaveLength(1)
    // It was started only a moment ago.
    const [echo] = await calls(it, { tool: "demo_echo", input: { text: "hi" } })
    expect(echo.tool).toBe("invalid")
    await it.call("POST", "/mcp/demo/connect")
    const [again] = await calls(it, { tool: "demo_echo", input: { text: "hi" } })
    expect(again.state.status).toBe("completed")
    expect(it.log.join("")).not.toContain("hunter22")
  })

  test("because nobody uses it is still on offer, and started by the next call", async () => {
    let now = Date.now()
    await using it = await testServer({ config: { mcp: { demo } }, now: () => now })
    const { pid } = await where(it)
    const instance = await openInstance(it.app, it.directory)
    await stopIdle(instance)
    expect(isRunning(pid)).toBe(true)
    now += 31 * 60_000
    await stopIdle(instance)
    expect(isRunning(pid)).toBe(false)
    expect((await it.call("GET", "/mcp")).body).toEqual({ demo: { status: "connected" } })
    expect(it.app.processes.list()).toEqual([])
    expect((await where(it)).pid).not.toBe(pid)
  })

  test("with the instance, is gone", async () => {
    await using it = await testServer({ config: { mcp: { demo } } })
    const { pid } = await where(it)
    await it.call("POST", "/instance/dispose")
    expect(isRunning(pid)).toBe(false)
  })
})

import { describe, expect, test } from "bun:test"
import { rm, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { calls } from "../helper/calls"
import { script } from "../helper/script"
import { type TestServer, type TestServerOptions, testServer } from "../helper/server"

const HELLO = `import { tool } from "@opencode-ai/plugin"
export default tool({
  description: "Greets somebody",
  args: { name: tool.schema.string().describe("Who it is"), loud: tool.schema.boolean().default(false) },
  async execute({ name, loud }, { directory, worktree, agent, sessionID, messageID }) {
    console.log("not part of the answer")
    return loud ? "HELLO " + name : JSON.stringify({ name, directory, worktree, agent, cwd: process.cwd(), sessionID, messageID })
  },
})
`

const withTool = (text: string, options: TestServerOptions = {}, name = "demo") =>
  testServer({ ...options, files: { [`.opencode/tool/${name}.ts`]: text, ...options.files } })

const definition = (body: string) =>
  `export default { description: "A tool", args: {}, async execute(args, context) { ${body} } }`

/** What a tool says when it has begun. */
const BEGUN = `context.metadata({ title: "begun" })`

const offered = async (it: TestServer): Promise<{ id: string }[]> =>
  (await it.call("GET", "/experimental/tool?provider=demo&model=script")).body

describe("a custom tool", () => {
  test("is offered with the schema of its arguments, after the tools that are built in", async () => {
    await using it = await withTool(HELLO, {}, "hello")
    const { body: ids } = await it.call("GET", "/experimental/tool/ids")
    expect(ids).toHaveLength(15)
    expect(ids.at(-1)).toBe("hello")
    expect((await offered(it)).at(-1)).toEqual({
      id: "hello",
      description: "Greets somebody",
      parameters: {
        type: "object",
        properties: { name: { type: "string", description: "Who it is" }, loud: { type: "boolean", default: false } },
        required: ["name"],
      },
    } as object as { id: string })
  })

  test("runs in the directory, knows where it is called, and has nothing to do with what it prints", async () => {
    await using it = await withTool(HELLO, {}, "hello")
    const [part, loud] = await calls(
      it,
      { tool: "hello", input: { name: "Ada" } },
      { tool: "hello", input: { name: "Ada", loud: true } },
    )
    expect(part.state).toMatchObject({ status: "completed", title: "", metadata: { truncated: false } })
    expect(JSON.parse(part.state.output)).toEqual({
      name: "Ada",
      directory: it.directory,
      worktree: it.directory,
      cwd: it.directory,
      agent: "build",
      sessionID: part.sessionID,
      messageID: part.messageID,
    })
    expect(loud.state.output).toBe("HELLO Ada")
  })

  test("tells the model which argument is wrong", async () => {
    await using it = await withTool(HELLO, {}, "hello")
    const [part] = await calls(it, { tool: "hello", input: { name: 5 } })
    expect(part.state).toMatchObject({
      status: "error",
      error:
        "The hello tool was called with invalid arguments: ✖ Invalid input: expected string, received number\n  → at name",
    })
  })

  test("may give back a title, metadata and files; how the output is bounded is not its business", async () => {
    const url = `data:text/plain;base64,${btoa("a file")}`
    await using it = await withTool(
      definition(`context.metadata({ title: "At work", metadata: { step: 1 } })
        return { title: "Done", output: "x\\n".repeat(3000), metadata: { truncated: false, outputPath: "/etc", kept: 1 },
          attachments: [{ type: "file", mime: "text/plain", url: "${url}", filename: "a.txt" }] }`),
    )
    const [part] = await calls(it, { tool: "demo" })
    expect(part.state).toMatchObject({ status: "completed", title: "Done", metadata: { kept: 1, truncated: true } })
    expect(part.state.metadata.outputPath).toStartWith(join(it.app.paths.data, "tool-output"))
    expect(part.state.attachments).toMatchObject([{ type: "file", mime: "text/plain", url, filename: "a.txt" }])
    const shown = it.heard("message.part.updated").map(({ properties }) => properties.part)
    expect(shown).toContainEqual(
      expect.objectContaining({
        tool: "demo",
        state: expect.objectContaining({ status: "running", title: "At work", metadata: { step: 1 } }),
      }),
    )
  })

  test.each([
    ["throws", `throw new Error("no luck")`, "no luck"],
    ["gives back no text", "return { output: 5 }", "The tool demo must give back a text"],
    [
      "ends its process",
      `console.error("farewell"); process.exit(3)`,
      "The process of the custom tools has ended (3): farewell",
    ],
  ])("that %s fails, and works again", async (_, body, error) => {
    await using it = await withTool(definition(`if (context.agent === "build") { ${body} }; return "fine"`))
    const [part] = await calls(it, { tool: "demo" })
    expect(part.state).toMatchObject({ status: "error", error: expect.stringContaining(error) })
    const { body: session } = await it.call("POST", "/session", {})
    const prompt = { ...script([{ tool: "demo" }], "Done."), agent: "plan" }
    await it.call("POST", `/session/${session.id}/message`, prompt)
    const { body: messages } = await it.call("GET", `/session/${session.id}/message`)
    expect(messages[1].parts[1].state).toMatchObject({ status: "completed", output: "fine" })
  })

  test("asks for permission under its name", async () => {
    await using it = await withTool(definition(`return "did it"`), { config: { permission: { demo: "ask" } } })
    const answer = calls(it, { tool: "demo" })
    const { properties: request } = await it.waitFor("permission.asked")
    expect(request).toMatchObject({ permission: "demo", patterns: ["*"], always: ["*"] })
    await it.call("POST", `/permission/${request.id}/reply`, { reply: "once" })
    expect((await answer)[0].state).toMatchObject({ status: "completed", output: "did it" })
  })

  test("may ask for more itself; a rejection ends the turn", async () => {
    const body = `await context.ask({ permission: "launch", patterns: ["rocket"], always: ["*"], metadata: { site: 1 } })
      return "launched"`
    await using it = await withTool(definition(body), { config: { permission: { launch: "ask" } } })
    const answer = calls(it, { tool: "demo" }, { tool: "read", input: { filePath: "README.md" } })
    const { properties: request } = await it.waitFor("permission.asked")
    expect(request).toMatchObject({ permission: "launch", patterns: ["rocket"], metadata: { site: 1 } })
    await it.call("POST", `/permission/${request.id}/reply`, { reply: "reject" })
    const parts = await answer
    expect(parts).toHaveLength(1)
    expect(parts[0].state).toMatchObject({
      status: "error",
      error: "The user rejected permission to use this specific tool call.",
    })
  })

  // They wait for the same deadline: together.
  test.concurrent.each([
    [
      "hears of an abort",
      `const heard = new Promise((_, reject) => context.abort.addEventListener("abort", reject)); ${BEGUN}; await heard`,
    ],
    ["takes no notice of it", `${BEGUN}; await new Promise(() => {})`],
    // Only once it has been sent that it has begun.
    ["blocks its process", `${BEGUN}; await Bun.sleep(1); for (;;);`],
  ])("that %s ends with the run", async (_, body) => {
    await using it = await withTool(definition(body))
    const { id, answer } = await begun(it, "demo")
    await it.call("POST", `/session/${id}/abort`)
    expect((await answer).body.parts[1].state).toMatchObject({ status: "error", error: "Tool execution aborted" })
  })

  test("that blocks its process does not hold up other sessions once it is aborted", async () => {
    const waits = definition(`${BEGUN}; await new Promise(() => {})`)
    const loops = definition(`${BEGUN}; await Bun.sleep(1); for (;;);`)
    await using it = await withTool(waits, { files: { ".opencode/tool/loops.ts": loops } }, "waits")
    const waiting = await begun(it, "waits")
    const looping = await begun(it, "loops")
    await it.call("POST", `/session/${looping.id}/abort`)
    await waiting.answer
    const { body: messages } = await it.call("GET", `/session/${waiting.id}/message`)
    expect(messages[1].parts[1].state).toMatchObject({
      status: "error",
      error: expect.stringContaining("The process of the custom tools has ended"),
    })
  })
})

/** A session whose model has called the tool, and the tool has begun. */
async function begun(it: TestServer, tool: string) {
  const { id } = (await it.call("POST", "/session", { title: "Calls" })).body
  const answer = it.call("POST", `/session/${id}/message`, script([{ tool }], "Done."))
  await it.waitFor(
    (event) =>
      event.type === "message.part.updated" &&
      event.properties.part.sessionID === id &&
      event.properties.part.type === "tool" &&
      event.properties.part.state.status === "running" &&
      event.properties.part.state.title === "begun",
  )
  return { id, answer }
}

describe("files of custom tools", () => {
  test("give further exports names of their own; the user's tools are there as well, the project's win", async () => {
    const file = (text: string) => `import { z } from "zod"
      export const one = { description: "${text} one", args: { n: z.number() }, execute: async ({ n }) => "one " + (n + 1) }
      export const two = { description: "${text} two", args: {}, execute: async () => "two" }
      export const helper = () => {}`
    await using it = await testServer({ files: { ".opencode/tools/many.ts": file("Project's") } })
    await Bun.write(join(it.app.paths.config, "tool", "many.ts"), file("User's"))
    await Bun.write(join(it.app.paths.config, "tool", "mine.js"), definition(`return "mine"`))
    await Bun.write(join(it.app.paths.config, "tool", "notes.md"), "no tool")
    const custom = (await offered(it)).slice(-3)
    expect(custom).toMatchObject([
      { id: "many_one", description: "Project's one" },
      { id: "many_two", description: "Project's two" },
      { id: "mine", description: "A tool" },
    ])
    const [one, mine] = await calls(it, { tool: "many_one", input: { n: 1 } }, { tool: "mine" })
    expect([one.state.output, mine.state.output]).toEqual(["one 2", "mine"])
  })

  test("stand in for a tool that is built in", async () => {
    await using it = await withTool(definition(`return "not read"`), {}, "read")
    const ids = (await offered(it)).map(({ id }) => id)
    expect(ids.filter((id) => id === "read")).toHaveLength(1)
    expect((await calls(it, { tool: "read" }))[0].state.output).toBe("not read")
  })

  test.each([
    ["cannot be read as code", "export default {{", "line 1, column 17: "],
    ["throws while it is loaded", `throw new Error("broken on purpose")`, "broken on purpose"],
    ["needs a package that is not installed", `import "left-pad"`, "Cannot find package 'left-pad'"],
    ["has no tool", "export const x = 1", "It exports no tool: { description, args, execute }"],
    ["has a default export of another form", "export default 5", "Its default export is no tool"],
    [
      "has arguments that are no schemas",
      `export default { description: "", args: { a: "string" }, execute() {} }`,
      "schemas of zod 4",
    ],
    ["ends its process", "process.exit(4)", "The process of the custom tools has ended (4)"],
  ])("one that %s is told, once, and the run goes on", async (_, text, reason) => {
    await using it = await withTool(text)
    const [part] = await calls(it, { tool: "read", input: { filePath: "." } })
    expect(part.state.status).toBe("completed")
    const path = join(it.directory, ".opencode/tool/demo.ts")
    expect(it.heard("session.error")).toEqual([
      {
        type: "session.error",
        properties: {
          error: {
            name: "UnknownError",
            data: { message: expect.stringContaining(`The custom tool ${path} cannot be used: `) },
          },
        },
      },
    ])
    expect(JSON.stringify(it.heard("session.error"))).toContain(reason)
    expect(it.log.filter((line) => line.includes("A custom tool cannot be used"))).toHaveLength(1)
  })

  test("that hang or end the process while they are loaded leave the others alone", async () => {
    const files = {
      ".opencode/tool/ends.ts": "process.exit(4)",
      ".opencode/tool/hangs.ts": "await new Promise(() => {})",
      ".opencode/tool/throws.ts": "throw new Error('broken')",
    }
    await using it = await withTool(HELLO, { files }, "hello")
    expect((await offered(it)).at(-1)?.id).toBe("hello")
    const told = it.heard("session.error").map(({ properties }) => properties.error?.data)
    const message = (name: string, reason: string) => ({
      message: `The custom tool ${join(it.directory, `.opencode/tool/${name}.ts`)} cannot be used: ${reason}`,
    })
    expect(told).toEqual([
      message("ends", "The process of the custom tools has ended (4)"),
      message("hangs", "It was not loaded within 5 s"),
      message("throws", "broken"),
    ])
    expect(it.app.processes.list()).toHaveLength(1)
  }, 15_000)

  test("with a name that no vendor takes are refused, the others are not", async () => {
    await using it = await withTool(HELLO, { files: { ".opencode/tool/a.b.ts": HELLO } }, "hello")
    expect((await offered(it)).at(-1)?.id).toBe("hello")
    expect(JSON.stringify(it.heard("session.error"))).toContain('A tool cannot be called \\"a.b\\"')
  })

  test("are loaded again when they change, and gone when they are removed", async () => {
    await using it = await withTool(definition(`return "first"`))
    const path = join(it.directory, ".opencode/tool/demo.ts")
    const call = async () => (await calls(it, { tool: "demo" }))[0].state.output
    expect(await call()).toBe("first")
    await writeFile(path, definition(`return "second"`))
    await utimes(path, new Date(), new Date(Date.now() + 5000))
    expect(await call()).toBe("second")
    await rm(path)
    expect((await calls(it, { tool: "demo" }))[0].tool).toBe("invalid")
    expect((await it.call("GET", "/experimental/tool/ids")).body).toHaveLength(14)
  })

  test("run in one process per instance, which ends with it; without files there is none", async () => {
    await using it = await withTool(
      "let n = 0\nexport default { description: '', execute: async () => process.pid + ' ' + ++n }",
    )
    const results = await calls(it, { tool: "demo" }, { tool: "demo" })
    const [[pid], [again, n]] = results.map((part: { state: { output: string } }) => part.state.output.split(" "))
    expect([again, n]).toEqual([pid, "2"])
    expect(it.app.processes.list()).toContain(Number(pid))
    await it.call("POST", "/instance/dispose")
    while (it.app.processes.list().includes(Number(pid))) await Bun.sleep(5)
    const empty = await it.makeDirectory("empty")
    await it.call("GET", `/experimental/tool/ids?directory=${empty}`)
    expect(it.app.processes.list()).toEqual([])
  })

  test("of a checkout are not loaded where the project's configuration is not", async () => {
    await using it = await withTool(HELLO, { env: { OPENCODE_DISABLE_PROJECT_CONFIG: "1" } }, "hello")
    expect((await it.call("GET", "/experimental/tool/ids")).body).not.toContain("hello")
    expect(it.app.processes.list()).toEqual([])
  })

  test("do not know the password of the server", async () => {
    const body = "return JSON.stringify([process.env.OPENCODE_SERVER_PASSWORD ?? null, process.env.OPENCODE])"
    await using it = await withTool(definition(body), { env: { OPENCODE_SERVER_PASSWORD: "secret" } })
    expect((await calls(it, { tool: "demo" }))[0].state.output).toBe('[null,"1"]')
  })
})

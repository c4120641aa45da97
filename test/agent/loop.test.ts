import { describe, expect, test } from "bun:test"
import { script } from "../helper/script"
import { type TestServer, testServer } from "../helper/server"
import { newSession } from "../helper/session"

const messagesOf = async (it: TestServer, id: string) =>
  (await it.call("GET", `/session/${id}/message`)).body as Entry[]

interface Entry {
  info: {
    id: string
    role: string
    parentID?: string
    agent: string
    summary?: unknown
    finish?: string
    error?: unknown
  }
  parts: { type: string; text?: string; tool?: string; metadata?: object; state: Record<string, unknown> }[]
}

describe("structured output", () => {
  const format = { type: "json_schema", schema: { type: "object", properties: { n: { type: "number" } } } }

  test("is what the model passes to its tool, and ends the run", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const calls = script([{ tool: "StructuredOutput", input: { n: 42 } }], "never")
    const { info, parts } = (await it.call("POST", `/session/${id}/message`, { ...calls, format })).body
    expect(info).toMatchObject({ structured: { n: 42 }, finish: "tool-calls" })
    expect(parts[1]).toMatchObject({
      tool: "StructuredOutput",
      state: { status: "completed", title: "Structured Output" },
    })
  })

  test("that does not come is an error of the message", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const { info } = (await it.call("POST", `/session/${id}/message`, { ...script("Plain."), format })).body
    expect(info).toMatchObject({ finish: "stop", error: { name: "StructuredOutputError", data: { retries: 0 } } })
  })
})

describe("retries", () => {
  test("wait as the vendor says, show it as status, and stay in the same message", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const refused = { error: { status: 429, message: "Slow down", headers: { "retry-after-ms": "20" } } }
    const answer = await it.call("POST", `/session/${id}/message`, script({ attempts: [refused, "At last."] }))
    expect(answer.body.parts[1].text).toBe("At last.")
    const statuses = it.heard("session.status").map(({ properties }) => properties.status)
    expect(statuses.find(({ type }) => type === "retry")).toMatchObject({ attempt: 1, message: "Slow down" })
    expect(await messagesOf(it, id)).toHaveLength(2)
    expect(it.heard("session.error")).toEqual([])
  })

  test("end with the session's abort, without an error", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const refused = { error: { status: 503, headers: { "retry-after": "60" } } }
    const running = it.call("POST", `/session/${id}/message`, script({ attempts: [refused, "never"] }))
    await it.waitFor((event) => event.type === "session.status" && event.properties.status.type === "retry")
    await it.call("POST", `/session/${id}/abort`)
    const { info } = (await running).body
    expect(info.error).toBeUndefined()
    expect(info.time.completed).toBeNumber()
    expect(it.heard("session.error")).toEqual([])
  })

  test("are not made for what stays wrong", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const { info } = (
      await it.call("POST", `/session/${id}/message`, script({ error: { status: 401, message: "Who?" } }))
    ).body
    expect(info).toMatchObject({ error: { name: "APIError", data: { statusCode: 401, isRetryable: false } } })
    expect(it.heard("session.error")).toHaveLength(1)
    expect(it.heard("session.idle")).toHaveLength(1)
  })
})

describe("a vendor that breaks off", () => {
  test.each([
    ["an error inside the stream", { fail: { message: "Nope" } }, "UnknownError"],
    ["the filter of the vendor", undefined, "ContentFilterError"],
  ])("%s ends the run with an error, and what was said stays", async (_, action, name) => {
    await using it = await testServer()
    const id = await newSession(it)
    const step = action ? ["Before.", action] : { do: ["Before."], finish: "content-filter" }
    const { info, parts } = (await it.call("POST", `/session/${id}/message`, script(step))).body
    expect(info.error.name).toBe(name)
    expect(parts.find((part: { type: string }) => part.type === "text")).toMatchObject({ text: "Before." })
    expect((await it.call("POST", `/session/${id}/message`, script("Still here."))).body.parts[1].text).toBe(
      "Still here.",
    )
  })

  test("a cut connection is tried again, after a wait that no vendor named", async () => {
    await using it = await testServer({ now: () => 1_000_000 })
    const id = await newSession(it)
    const running = it.call("POST", `/session/${id}/message`, script({ attempts: [["Half", { cut: true }], "Whole."] }))
    await it.waitFor((event) => event.type === "session.status" && event.properties.status.type === "retry")
    const statuses = it.heard("session.status").map(({ properties }) => properties.status)
    const retry = statuses.find(({ type }) => type === "retry")
    expect(retry).toEqual({
      type: "retry",
      attempt: 1,
      message: "Connection reset by server",
      next: expect.any(Number),
    })
    expect(retry && "next" in retry && retry.next).toBeWithin(1_002_000, 1_002_501)
    await it.call("POST", `/session/${id}/abort`)
    const { parts }: Entry = (await running).body
    expect(parts.flatMap(({ text }) => text ?? [])).toEqual([""])
  })

  test("a run that is stopped leaves what it did to files to be reverted", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const file = `${it.directory}/new.txt`
    const calls = [
      { tool: "write", input: { filePath: file, content: "new" } },
      { tool: "bash", input: { command: "sleep 30" } },
    ]
    const running = it.call("POST", `/session/${id}/message`, script(calls))
    await it.waitFor(
      ({ type, properties }) =>
        type === "message.part.updated" &&
        "part" in properties &&
        properties.part.type === "tool" &&
        properties.part.tool === "write" &&
        properties.part.state.status === "completed",
    )
    await it.call("POST", `/session/${id}/abort`)
    expect((await running).body.info.error.name).toBe("MessageAbortedError")
    const [user] = await messagesOf(it, id)
    await it.call("POST", `/session/${id}/revert`, { messageID: user?.info.id })
    expect(await Bun.file(file).exists()).toBe(false)
  })
})

describe("compaction", () => {
  test("follows an answer that filled the context, and the work goes on from the summary", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const usage = { input: 10_000_000, output: 10 }
    await it.call("POST", `/session/${id}/message`, script({ do: ["Big."], usage }))
    const messages = await messagesOf(it, id)
    expect(messages.slice(0, 6).map(({ info, parts }) => [info.role, info.agent, parts[0]?.type])).toEqual([
      ["user", "build", "text"],
      ["assistant", "build", "step-start"],
      ["user", "build", "compaction"],
      ["assistant", "compaction", "step-start"],
      ["user", "build", "text"],
      ["assistant", "build", "step-start"],
    ])
    expect(messages[3]?.info).toMatchObject({ summary: true, finish: "stop", parentID: messages[2]?.info.id })
    expect(messages[4]?.parts[0]).toMatchObject({ synthetic: true, metadata: { compaction_continue: true } })
    expect(it.heard("session.compacted")).toHaveLength(1)
  })

  test("lets the model read instructions anew that it has left out", async () => {
    await using it = await testServer({ files: { "sub/AGENTS.md": "Be brief.", "sub/a.txt": "a\n" } })
    const id = await newSession(it)
    const read = async () => {
      const call = { tool: "read", input: { filePath: `${it.directory}/sub/a.txt` } }
      await it.call("POST", `/session/${id}/message`, script([call], "Read."))
      const parts = (await messagesOf(it, id)).flatMap((entry) => entry.parts)
      return String(parts.findLast(({ tool }) => tool === "read")?.state.output).includes("Be brief.")
    }
    expect([await read(), await read()]).toEqual([true, false])
    await it.call("POST", `/session/${id}/summarize`, { providerID: "demo", modelID: "script" })
    expect(await read()).toBe(true)
  })

  test("is not repeated because of the turns that it keeps", async () => {
    await using it = await testServer({ config: { compaction: { tail_turns: 1 } } })
    const id = await newSession(it)
    const usage = { input: 10_000_000, output: 10 }
    await it.call("POST", `/session/${id}/message`, script({ do: ["Big."], usage }))
    const messages = await messagesOf(it, id)
    expect(messages[2]?.parts).toMatchObject([{ type: "compaction", tail_start_id: messages[0]?.info.id }])
    expect(it.heard("session.compacted")).toHaveLength(1)
  })

  test("by hand answers true and leaves the session idle", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    await it.call("POST", `/session/${id}/message`, script("One."))
    const body = { providerID: "demo", modelID: "script" }
    expect((await it.call("POST", `/session/${id}/summarize`, body)).body).toBe(true)
    const messages = await messagesOf(it, id)
    expect(messages).toHaveLength(4)
    expect(messages[2]?.parts).toMatchObject([{ type: "compaction", auto: false }])
    const unknown = await it.call("POST", `/session/${id}/summarize`, { ...body, modelID: "nope" })
    expect(unknown).toMatchObject({ status: 404 })
    expect(await messagesOf(it, id)).toHaveLength(4)
  })
})

describe("subagents", () => {
  test("run in a child session whose text is the task's result", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const prompt = script("Found it.").parts[0]?.text
    const input = { description: "Look", prompt, subagent_type: "explore" }
    await it.call("POST", `/session/${id}/message`, script([{ tool: "task", input }], "Done."))
    const [child] = (await it.call("GET", `/session/${id}/children`)).body
    expect(child).toMatchObject({ title: "Look (@explore subagent)", agent: "explore", parentID: id })
    expect(child.permission.map((rule: { permission: string }) => rule.permission)).toEqual(["todowrite", "task"])
    const task = (await messagesOf(it, id))[1]?.parts.find((part) => part.tool === "task")
    expect(task?.state).toMatchObject({
      status: "completed",
      metadata: { sessionId: child.id },
      output: `<task id="${child.id}" state="completed">\n<task_result>\nFound it.\n</task_result>\n</task>`,
    })
  })

  test("stop with their parent", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const input = { description: "Hang", prompt: script([{ stall: true }]).parts[0]?.text, subagent_type: "general" }
    const running = it.call("POST", `/session/${id}/message`, script([{ tool: "task", input }]))
    const made = await it.waitFor((event) => event.type === "session.created" && event.properties.info.parentID === id)
    const child = (made.properties as { sessionID: string }).sessionID
    await it.waitFor((event) => event.type === "session.status" && event.properties.sessionID === child)
    await it.call("POST", `/session/${id}/abort`)
    await running
    expect((await it.call("GET", "/session/status")).body).toEqual({})
    expect((await messagesOf(it, child)).at(-1)?.info.error).toMatchObject({ name: "MessageAbortedError" })
  })

  test("a subtask part is run as if the model had asked for it", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const subtask = {
      type: "subtask",
      agent: "general",
      description: "Sub",
      prompt: script("Sub done.").parts[0]?.text,
    }
    await it.call("POST", `/session/${id}/message`, { parts: [subtask] })
    const messages = await messagesOf(it, id)
    expect(messages[1]?.info).toMatchObject({ agent: "general", finish: "tool-calls" })
    expect(messages[1]?.parts).toMatchObject([{ tool: "task", state: { status: "completed" } }])
    expect(messages[2]?.parts[0]).toMatchObject({ synthetic: true })
    expect(messages[3]?.info).toMatchObject({ agent: "build", parentID: messages[2]?.info.id })
  })
})

describe("limits of a run", () => {
  test("a third equal call in a row asks; refused, the turn ends", async () => {
    await using it = await testServer({ config: { permission: { doom_loop: "deny" } } })
    const id = await newSession(it)
    const call = { tool: "glob", input: { pattern: "*.md" } }
    const { info } = (await it.call("POST", `/session/${id}/message`, script([call, call, call], "never"))).body
    expect(info.error).toMatchObject({ name: "UnknownError", data: { message: expect.stringContaining("doom_loop") } })
  })

  test("a refused permission ends the turn, with feedback it goes on", async () => {
    await using it = await testServer({ config: { permission: { bash: "ask" } } })
    const id = await newSession(it)
    const call = { tool: "bash", input: { command: "echo hi" } }
    const refusing = it.call("POST", `/session/${id}/message`, script([call], "Went on."))
    const first = await it.waitFor("permission.asked")
    await it.call("POST", `/permission/${first.properties.id}/reply`, { reply: "reject" })
    const refused = (await refusing).body
    expect(refused.parts.find((part: { tool?: string }) => part.tool)?.state.status).toBe("error")
    expect(refused.info.finish).toBe("tool-calls")

    const advising = it.call("POST", `/session/${id}/message`, script([call], "Went on."))
    const second = await it.waitFor(
      (event) => event.type === "permission.asked" && event.properties.id !== first.properties.id,
    )
    await it.call("POST", `/permission/${(second.properties as { id: string }).id}/reply`, {
      reply: "reject",
      message: "Use ls",
    })
    expect((await advising).body.parts[1].text).toBe("Went on.")
  })
})

describe("files in a prompt", () => {
  test("become what the model reads of them, the file part last", async () => {
    await using it = await testServer({ files: { "a.txt": "one\ntwo\nthree\n" } })
    const id = await newSession(it)
    const url = `file://${it.directory}/a.txt?start=2&end=3`
    await it.call("POST", `/session/${id}/message`, {
      parts: [{ type: "file", mime: "text/plain", filename: "a.txt", url }, ...script("Seen.").parts],
    })
    const [{ parts }] = (await messagesOf(it, id)) as [Entry]
    expect(parts.map((part) => part.type)).toEqual(["text", "text", "file", "text"])
    expect(parts[0]?.text).toBe(
      `Called the Read tool with the following input: ${JSON.stringify({ filePath: `${it.directory}/a.txt`, offset: 2, limit: 2 })}`,
    )
    expect(parts[1]?.text).toContain("2: two\n3: three")
  })

  test("that cannot be read say so to the model; an image that is none refuses the prompt", async () => {
    await using it = await testServer()
    const id = await newSession(it)
    const missing = { type: "file", mime: "text/plain", url: `file://${it.directory}/no.txt` }
    await it.call("POST", `/session/${id}/message`, { parts: [missing, ...script("Sorry.").parts] })
    const [{ parts }] = (await messagesOf(it, id)) as [Entry]
    expect(parts[1]?.text).toStartWith(`Read tool failed to read ${it.directory}/no.txt with the following error: `)
    const image = { type: "file", mime: "image/png", url: "data:image/png;base64,iVBORw0KGgo=" }
    expect(await it.call("POST", `/session/${id}/message`, { parts: [image] })).toMatchObject({ status: 400 })
    expect(await messagesOf(it, id)).toHaveLength(2)
  })
})

import { describe, expect, test } from "bun:test"
import { task as taskOf } from "../helper/delegation"
import { script } from "../helper/script"
import { type TestServer, testServer } from "../helper/server"

const deny = (permission: string, pattern = "*") => ({ permission, pattern, action: "deny" })
const bash = { tool: "bash", input: { command: "touch made-by-child" } }
const task = (task_id: string | undefined, ...steps: unknown[]) => {
  const call = taskOf("Work", ...steps)
  return { ...call, input: { ...call.input, ...(task_id && { task_id }) } }
}

async function newParent(it: TestServer, permission: object[] = []): Promise<string> {
  return (await it.call("POST", "/session", { permission })).body.id
}

/** Has the parent delegate, and answers its `task` call's state. */
async function delegate(it: TestServer, id: string, call: object) {
  await it.call("POST", `/session/${id}/message`, script([call], "Done."))
  const messages: { parts: { tool?: string; state: Record<string, unknown> }[] }[] = (
    await it.call("GET", `/session/${id}/message`)
  ).body
  return messages.flatMap(({ parts }) => parts).findLast((part) => part.tool === "task")?.state
}

const children = async (it: TestServer, id: string) => (await it.call("GET", `/session/${id}/children`)).body
const bashOf = async (it: TestServer, id: string) =>
  (await it.call("GET", `/session/${id}/message`)).body
    .flatMap(({ parts }: { parts: object[] }) => parts)
    .filter((part: { tool?: string }) => part.tool === "bash")

describe("what a session forbids", () => {
  test("its subagents may not do either, and they are told of no more than that", async () => {
    await using it = await testServer()
    const outside = { permission: "external_directory", pattern: "/srv/data/*", action: "allow" }
    const edits = { permission: "edit", pattern: "*", action: "allow" }
    const id = await newParent(it, [outside, deny("bash", "touch *"), edits])
    expect(await delegate(it, id, task(undefined, [bash], "Child done."))).toMatchObject({ status: "completed" })
    const [child] = await children(it, id)
    expect(child.permission).toEqual([outside, deny("bash", "touch *"), deny("task")])
    const [call] = await bashOf(it, child.id)
    expect(call.state).toMatchObject({ status: "error", error: expect.stringContaining('"touch *"') })
    expect(await Bun.file(`${it.directory}/made-by-child`).exists()).toBe(false)
    expect(it.heard("permission.asked")).toEqual([])
  })

  test("holds for an earlier subagent that goes on, too", async () => {
    await using it = await testServer()
    const id = await newParent(it)
    await delegate(it, id, task(undefined, "First."))
    const [child] = await children(it, id)
    await it.call("PATCH", `/session/${id}`, { permission: [deny("bash")] })
    for (const _ of [1, 2]) await delegate(it, id, task(child.id, [bash], "Again."))
    expect(await children(it, id)).toMatchObject([{ id: child.id, permission: [deny("task"), deny("bash")] }])
    expect(await Bun.file(`${it.directory}/made-by-child`).exists()).toBe(false)
  })

  test("and tools that config keeps for primary agents are kept from subagents", async () => {
    await using it = await testServer({ config: { experimental: { primary_tools: ["bash", "task"] } } })
    const id = await newParent(it)
    await delegate(it, id, task(undefined, "Child done."))
    expect(await children(it, id)).toMatchObject([{ permission: [deny("task"), deny("bash")] }])
  })
})

describe("task_id", () => {
  test("that names no session begins a new task", async () => {
    await using it = await testServer()
    const id = await newParent(it)
    const state = await delegate(it, id, task("ses_made_up", "Found."))
    const [child, ...others] = await children(it, id)
    expect(others).toEqual([])
    expect(state).toMatchObject({ status: "completed", metadata: { sessionId: child.id } })
  })

  test("of a session that is no child of this one is refused", async () => {
    await using it = await testServer()
    const [id, other] = [await newParent(it), await newParent(it)]
    const state = await delegate(it, id, task(other, "Never."))
    expect(state).toMatchObject({ status: "error", error: `Not a task of this session: ${other}` })
    expect((await it.call("GET", `/session/${other}/message`)).body).toEqual([])
  })
})

test("a subagent whose call the user refuses has failed", async () => {
  await using it = await testServer({ config: { permission: { bash: "ask" } } })
  const id = await newParent(it)
  const state = delegate(it, id, task(undefined, [bash], "Never."))
  const { properties } = await it.waitFor("permission.asked")
  await it.call("POST", `/permission/${properties.id}/reply`, { reply: "reject" })
  const [child] = await children(it, id)
  expect(await state).toMatchObject({
    status: "error",
    error: `Subagent failed (task_id: ${child.id}): The user rejected permission to use this specific tool call.`,
  })
})

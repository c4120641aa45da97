import { expect, test } from "bun:test"
import { script } from "../helper/script"
import { type TestServer, testServer } from "../helper/server"
import { newSession } from "../helper/session"

interface Entry {
  info: { role: string; finish?: string; error?: { name: string }; tokens?: { input: number } }
  parts: { type: string; text?: string; tool?: string; files?: string[]; reason?: string; state?: { status: string } }[]
}

const broken = {
  name: "AI_APICallError",
  message: "Overloaded",
  isRetryable: true,
  responseHeaders: { "retry-after-ms": "20" },
}
const messagesOf = async (it: TestServer, id: string): Promise<Entry[]> =>
  (await it.call("GET", `/session/${id}/message`)).body
const retriesOf = (it: TestServer) =>
  it
    .heard("session.status")
    .map(({ properties }) => properties.status)
    .filter(({ type }) => type === "retry")

test("an answer that breaks off before a tool has run is asked for again, and its text is not kept", async () => {
  await using it = await testServer()
  const id = await newSession(it)
  await it.call("POST", `/session/${id}/message`, script({ attempts: [["Half", { fail: broken }], "Whole."] }))
  const messages = await messagesOf(it, id)
  expect(messages).toHaveLength(2)
  expect(messages[1]?.parts.flatMap(({ text }) => text ?? [])).toEqual(["", "Whole."])
  expect(retriesOf(it)).toMatchObject([{ attempt: 1, message: "Provider is overloaded" }])
})

test("after a tool has run the model goes on with its result: nothing runs twice", async () => {
  await using it = await testServer()
  const id = await newSession(it)
  const bash = { tool: "bash", input: { command: "echo once >> log.txt" } }
  const steps = script([bash, "Half", { fail: broken }], "Whole.")
  const { info, parts } = (await it.call("POST", `/session/${id}/message`, steps)).body
  expect({ finish: info.finish, text: parts[1].text }).toEqual({ finish: "stop", text: "Whole." })
  expect(await Bun.file(`${it.directory}/log.txt`).text()).toBe("once\n")
  const [, cut, ...others] = (await messagesOf(it, id)) as [Entry, Entry, ...Entry[]]
  expect(others).toHaveLength(1)
  expect(cut.info).toMatchObject({ finish: "tool-calls", tokens: { input: 0 } })
  expect(cut.info.error).toBeUndefined()
  expect(cut.parts.map(({ type, state, text }) => [type, state?.status, text])).toEqual([
    ["step-start", undefined, undefined],
    ["tool", "completed", undefined],
    ["text", undefined, ""],
    ["step-finish", undefined, undefined],
    ["patch", undefined, undefined],
  ])
  expect(retriesOf(it)).toMatchObject([{ attempt: 1, message: "Provider is overloaded" }])
  expect(it.heard("session.error")).toEqual([])
})

test("a vendor that breaks off after each call is given up like any other", async () => {
  await using it = await testServer()
  const id = await newSession(it)
  const step = (n: number) => [{ tool: "glob", input: { pattern: `*${n}` } }, { fail: broken }]
  const { info } = (await it.call("POST", `/session/${id}/message`, script(...[1, 2, 3, 4, 5, 6, 7].map(step)))).body
  expect(info.error).toMatchObject({ name: "APIError", data: { message: "Overloaded" } })
  expect(retriesOf(it)).toMatchObject([1, 2, 3, 4, 5].map((attempt) => ({ attempt })))
  expect(await messagesOf(it, id)).toHaveLength(7)
})

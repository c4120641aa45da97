import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { createOpencode, createOpencodeClient } from "@opencode-ai/sdk"
import { createOpencode as createOpencode2, createOpencodeClient as createOpencodeClient2 } from "@opencode-ai/sdk/v2"
import { version } from "../../package.json"
import { bareEnvironment, fromSource } from "../../scripts/program"
import { script } from "../helper/script"

// The official client starts what is called `opencode` in the PATH: here a small script that runs this program from source.
// On Windows that would need a compiled one.

let root: string
let directory: string
const path = process.env.PATH ?? ""
const model = { providerID: "demo", modelID: "script" }

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "sdk-test-")))
  directory = join(root, "project")
  await Promise.all([mkdir(directory), mkdir(join(root, "bin"))])
  await writeFile(join(root, "outside.txt"), "omega\n")
  const environment = Object.entries({ ...bareEnvironment(root), OPENCODE_DISABLE_MODELS_FETCH: "1" })
  const quoted = [...environment.map(([name, value]) => `${name}=${value}`), ...fromSource].map(quote)
  const kept = `OPENCODE_CONFIG_CONTENT="$OPENCODE_CONFIG_CONTENT"`
  const text = `#!/bin/sh\nexec env -i ${kept} ${quoted.join(" ")} "$@"\n`
  await writeFile(join(root, "bin", "opencode"), text, { mode: 0o755 })
  process.env.PATH = join(root, "bin") + delimiter + path
})
afterAll(async () => {
  process.env.PATH = path
  await rm(root, { recursive: true, force: true })
})

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** With 0 the program would take its usual port first. */
function freePort(): number {
  using probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() })
  return probe.port ?? 0
}

const options = { config: { permission: { webfetch: "deny" } } } as const
const outside = () => ({ tool: "read", input: { filePath: join(root, "outside.txt") } })

/** Reads a stream up to the end of a run. Answers once it is connected; `types` are those of all events, when it has ended. */
async function listen<E extends { type: string }>(stream: AsyncIterable<E>, each: (event: E) => unknown = () => {}) {
  const connected = Promise.withResolvers<void>()
  const read = async () => {
    const types: string[] = []
    for await (const event of stream) {
      types.push(event.type)
      if (event.type === "server.connected") connected.resolve()
      await each(event)
      if (event.type === "session.idle") break
    }
    return types
  }
  const types = read()
  await Promise.race([connected.promise, types])
  return { types }
}

/** What was answered; clients that throw errors always have it. */
async function answer<T>(request: Promise<{ data?: T }>): Promise<T> {
  const { data } = await request
  if (data === undefined) throw new Error("There is no answer")
  return data
}

describe.skipIf(process.platform === "win32")("the official SDK", () => {
  test("version 1 starts the server, prompts, hears events, grants permissions and aborts", async () => {
    const { server } = await createOpencode({ ...options, port: freePort() })
    try {
      const client = createOpencodeClient({ baseUrl: server.url, directory, throwOnError: true })
      expect((await answer(client.config.get())).permission).toMatchObject({ webfetch: "deny" })
      expect((await answer(client.path.get())).directory).toBe(directory)
      const session = await answer(client.session.create({ body: { title: "Over the SDK" } }))
      expect(session).toMatchObject({ title: "Over the SDK", directory, version })

      const { stream } = await client.event.subscribe()
      const first = await listen(stream, (event) => {
        // The types of version 1 do not know how permissions are asked for now.
        const asked: { type: string; properties: unknown } = event
        if (asked.type !== "permission.asked") return
        const { id } = asked.properties as { id: string }
        const where = { id: session.id, permissionID: id }
        return client.postSessionIdPermissionsPermissionId({ path: where, body: { response: "once" } })
      })
      const says = await answer(
        client.session.prompt({
          path: { id: session.id },
          body: { model, ...prompt(script([outside()], "It says omega.")) },
        }),
      )
      expect(says.parts).toContainEqual(expect.objectContaining({ type: "text", text: "It says omega." }))
      const types = await first.types
      for (const type of ["server.connected", "message.part.updated", "permission.asked", "permission.replied"])
        expect(types).toContain(type)
      const messages = await answer(client.session.messages({ path: { id: session.id } }))
      const tools = messages.flatMap(({ parts }) => parts.filter((part) => part.type === "tool"))
      expect(tools).toEqual([
        expect.objectContaining({ tool: "read", state: expect.objectContaining({ status: "completed" }) }),
      ])

      const { stream: second } = await client.event.subscribe()
      await listen(second, (event) => {
        if (event.type === "session.status" && event.properties.status.type === "busy")
          return client.session.abort({ path: { id: session.id } })
      })
      const stalled = await answer(
        client.session.prompt({ path: { id: session.id }, body: { model, ...prompt(script([{ stall: true }])) } }),
      )
      expect(stalled.info).toMatchObject({ error: { name: "MessageAbortedError" } })

      const unknown = answer(client.session.get({ path: { id: "ses_unknown" } }))
      expect(await unknown.catch(String)).toContain("Session not found: ses_unknown")
      expect(await answer(client.session.delete({ path: { id: session.id } }))).toBe(true)
    } finally {
      server.close()
    }
  }, 20_000)

  test("version 2 does so too, and answers questions", async () => {
    const { server } = await createOpencode2({ ...options, port: freePort() })
    try {
      const client = createOpencodeClient2({ baseUrl: server.url, directory, throwOnError: true })
      expect(await answer(client.global.health())).toEqual({ healthy: true, version })
      const session = await answer(client.session.create({ title: "Over the SDK" }))

      const { stream } = await client.event.subscribe()
      const first = await listen(stream, async (event) => {
        if (event.type === "permission.asked")
          await client.permission.reply({ requestID: event.properties.id, reply: "always" })
        if (event.type === "question.asked")
          await client.question.reply({ requestID: event.properties.id, answers: [["Green"]] })
      })
      const options = ["Red", "Green"].map((label) => ({ label, description: label }))
      const question = { question: "Which colour?", header: "Colour", options }
      const asked = [outside(), { tool: "question", input: { questions: [question] } }]
      const green = prompt(script(asked, "Green it is."))
      const says = await answer(client.session.prompt({ sessionID: session.id, model, ...green }))
      expect(says.parts).toContainEqual(expect.objectContaining({ type: "text", text: "Green it is." }))
      const types = await first.types
      for (const type of ["permission.replied", "question.replied", "message.part.delta"]) expect(types).toContain(type)

      const { stream: second } = await client.event.subscribe()
      const aborted = await listen(second, (event) => {
        if (event.type === "session.status" && event.properties.status.type === "busy")
          return client.session.abort({ sessionID: session.id })
      })
      await client.session.promptAsync({ sessionID: session.id, model, ...prompt(script([{ stall: true }])) })
      await aborted.types
      const messages = await answer(client.session.messages({ sessionID: session.id, limit: 1 }))
      expect(messages[0]?.info).toMatchObject({ error: { name: "MessageAbortedError" } })

      const { error, response } = await createOpencodeClient2({ baseUrl: server.url }).session.get({
        sessionID: "ses_unknown",
      })
      expect(response.status).toBe(404)
      expect(error).toMatchObject({ name: "NotFoundError" })
    } finally {
      server.close()
    }
  }, 20_000)
})

const prompt = ({ parts }: ReturnType<typeof script>) => ({
  parts: parts.map(({ text }) => ({ type: "text" as const, text })),
})

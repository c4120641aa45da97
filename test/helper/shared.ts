import { newID } from "../../src/base/id"
import type { Part } from "../../src/schema/part"
import { type TestServer, type TestServerOptions, testServer } from "./server"

const basic = { authorization: `Basic ${btoa("opencode:secret")}` }

/** A server with a shared session. */
export async function shared(options: TestServerOptions = {}, title = "Shared") {
  const it = await testServer(options)
  const headers = options.password ? basic : {}
  const { id } = (await it.call("POST", "/session", { title }, headers)).body
  const { url } = (await it.call("POST", `/session/${id}/share`, undefined, headers)).body.share
  const path = new URL(url).pathname
  return Object.assign(it, { id, link: url as string, path, page: () => it.call("GET", path) })
}

/** Adds a finished turn to a session: its prompt and the parts of the answer. */
export async function addTurn(it: TestServer & { id: string }, text: string, parts: object[] = []) {
  const { id: sessionID, app } = it
  const user = newID("message")
  const answer = newID("message")
  const time = { created: app.now() }
  const tokens = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }
  const model = { modelID: "m", providerID: "p" }
  const part = (messageID: string, fields: object) =>
    ({ put: "part", data: { id: newID("part"), sessionID, messageID, ...fields } as Part }) as const
  await app.store.commit([
    { put: "message", data: { id: user, sessionID, role: "user", time, agent: "build", model } },
    part(user, { type: "text", text }),
    {
      put: "message",
      data: {
        ...{ id: answer, sessionID, role: "assistant", parentID: user, time, mode: "build", agent: "build", cost: 0 },
        ...{ ...model, path: { cwd: "/", root: "/" }, tokens, finish: "stop" },
      },
    },
    ...parts.map((fields) => part(answer, fields)),
  ])
  return { user, answer }
}

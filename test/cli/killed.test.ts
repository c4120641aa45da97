import { expect, test } from "bun:test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startProgram } from "../../scripts/program"
import { isAlive } from "../helper/alive"
import { script } from "../helper/script"

interface Entry {
  info: { id: string; role: string; finish?: string; time: { completed?: number } }
  parts: { type: string; state?: { status: string; metadata?: { output?: string } } }[]
}

async function ask<T>(url: string, path: string, body?: object): Promise<T> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
  return (await fetch(url + path, body && init)).json() as Promise<T>
}

test("a server that is killed loses nothing it has answered; the next one goes on with it", async () => {
  const data = await mkdtemp(join(tmpdir(), "killed-"))
  await using _ = { [Symbol.asyncDispose]: () => rm(data, { recursive: true, force: true }) }
  const start = () => startProgram({ directory: data, env: { XDG_DATA_HOME: data } })
  const first = await start()
  const rules = { permission: [{ permission: "*", pattern: "*", action: "allow" }] }
  const { id } = await ask<{ id: string }>(first.url, "/session", rules)
  const messages = `/session/${id}/message`
  const other = (await ask<{ id: string }>(first.url, "/session", rules)).id
  const silent = ask(first.url, `/session/${other}/message`, script(["Thinking.", { stall: true }])).catch(() => "cut")

  const work = script(["Begun.", { tool: "bash", input: { command: 'echo "shell $$"; sleep 300' } }])
  const waiting = ask(first.url, messages, work).catch(() => "cut")
  let pid = 0
  const answered: string[] = []
  while (pid === 0 || answered.length < 20) {
    const note = { noReply: true, parts: [{ type: "text", text: "Noted." }] }
    answered.push((await ask<Entry>(first.url, messages, note)).info.id)
    const tools = (await ask<Entry[]>(first.url, messages)).flatMap(({ parts }) => parts)
    const output = tools.find((part) => part.type === "tool")?.state?.metadata?.output
    pid = Number(/shell (\d+)/.exec(output ?? "")?.[1] ?? 0)
  }
  expect(isAlive(pid)).toBe(true)
  expect(await first.stop("SIGKILL")).toBe("SIGKILL")
  expect(await Promise.all([waiting, silent])).toEqual(["cut", "cut"])

  await using second = await start()
  const kept = await ask<Entry[]>(second.url, messages)
  expect(kept.map(({ info }) => info.id)).toEqual(expect.arrayContaining(answered))
  expect(await ask<object>(second.url, "/session/status")).toEqual({})
  expect((await ask<Entry>(second.url, messages, script("Going on."))).info.finish).toBe("stop")
  // What was cut is settled by whatever comes next: a prompt here, there an abort.
  await ask(second.url, `/session/${other}/abort`, {})
  for (const session of [id, other]) {
    const entries = await ask<Entry[]>(second.url, `/session/${session}/message`)
    const answers = entries.filter(({ info }) => info.role === "assistant")
    expect(answers.length).toBeGreaterThan(0)
    for (const { info } of answers) expect(info.time.completed).toBeNumber()
  }
  while (isAlive(pid)) await Bun.sleep(20)
}, 20_000)

/**
 * Shows the server at work, offline: starts it in a small project of its own, sends a prompt over HTTP and prints what the
 * event stream tells. The model is the built-in demo: a script without any AI, but its tools are the real ones.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readEvents } from "./events"
import { fromSource, type Program, startProgram } from "./program"

const directory = await mkdtemp(join(tmpdir(), "opencode-try-"))
try {
  await Bun.write(join(directory, "README.md"), "# Tea timer\n\nCounts down while the tea draws.\n")
  await Bun.write(join(directory, "timer.ts"), "export const minutes = 4\n")
  await using server = await startProgram({ command: fromSource, args: ["--port=0"], directory })
  console.log(`${server.stdout().trim()}   (after ${Math.round(server.listeningAfter)} ms)\n`)
  await converse(server)
} finally {
  await rm(directory, { recursive: true, force: true })
}

async function converse(server: Program): Promise<void> {
  const events = await fetch(`${server.url}/event`)
  const shown = show(events)
  const session = await post(server, "/session", { title: "A first look" })
  const text = "What is this project?"
  console.log(
    `POST /session                 ${session.id}\nPOST /session/${session.id}/message   ${JSON.stringify(text)}\n`,
  )
  const model = { providerID: "demo", modelID: "script" }
  const answer = await post(server, `/session/${session.id}/message`, { model, parts: [{ type: "text", text }] })
  await shown
  if (answer.info.error) throw new Error(JSON.stringify(answer.info.error))
  console.log(`\n\nAnswered by ${answer.info.providerID}/${answer.info.modelID}, finish: ${answer.info.finish}`)
}

/** Prints text as it streams and tool calls as they end, until the session is idle. */
async function show(response: Response): Promise<void> {
  const calls = new Set<string>()
  for await (const event of readEvents(response)) {
    if (event.type === "session.idle") return
    if (event.type === "message.part.delta" && event.properties.field === "text")
      process.stdout.write(event.properties.delta)
    if (event.type !== "message.part.updated" || event.properties.part.type !== "tool") continue
    const { callID, tool, state } = event.properties.part
    if ((state.status !== "completed" && state.status !== "error") || calls.has(callID)) continue
    calls.add(callID)
    const result = state.status === "completed" ? state.output : state.error
    console.log(`\n\n  [${tool} ${JSON.stringify(state.input)}: ${state.status}]\n${indent(result)}\n`)
  }
}

function indent(text: string): string {
  const lines = text.trim().split("\n").slice(0, 12)
  return lines.map((line) => `  | ${line}`).join("\n")
}

interface Answer {
  id: string
  info: { error?: unknown; providerID: string; modelID: string; finish?: string }
}

async function post(server: Program, path: string, body: object): Promise<Answer> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
  const response = await fetch(server.url + path, init)
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Answer
}

/**
 * Measures the server, next to the opencode program if there is one:
 * `bun scripts/bench.ts [--program FILE] [--reference FILE] [--rounds 3]`,
 * or how it searches a directory: `bun scripts/bench.ts --files DIRECTORY`.
 *
 * Linux only: CPU time and memory are read from `/proc`. Both programs get the same project, the same fake model and the same
 * requests, in turns, each round in a new process with an empty home; printed are the medians. CPU is user and system
 * time of the process and of the children it has waited for. Wall times are shown where they are what a user feels.
 */
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { measureFiles } from "./bench-files"
import { readEvents } from "./events"
import { type FakeTurn, fakePrompt, startFakeModel } from "./fake-model"
import { fromSource, type Program, startProgram } from "./program"

/** What a person makes after a start; after them, what a busy server makes. */
const FIRST_SESSIONS = 10
const SESSIONS = 200
const PROMPTS = 20
const CHUNKS = 2000
const TOOL_CALLS = 50
const IDLE = 2000
/** Milliseconds between two looks at whether a prompt is done that no event tells of. */
const PATIENCE = 5000
/** Milliseconds after which a request has failed. */
const LIMIT = 60_000
/** While it is busy for long the reference closes connections, and leaves requests on them without an answer. */
const FRESH = { keepalive: false }

const { values } = parseArgs({
  options: {
    program: { type: "string" },
    reference: { type: "string" },
    rounds: { type: "string", default: "3" },
    files: { type: "string" },
  },
})
const built = resolve(import.meta.dir, "..", "dist", "opencode")
const program = values.program ? resolve(values.program) : existsSync(built) ? built : undefined
const candidates: { name: string; command: string[] }[] = [
  { name: "this server", command: program ? [program] : fromSource },
]
if (values.reference && existsSync(values.reference))
  candidates.push({ name: "reference", command: [resolve(values.reference)] })

if (values.files) {
  await measureFiles(candidates[0]!.command, resolve(values.files))
  process.exit()
}

const model = startFakeModel()
const directory = await makeProject()
const results: Record<string, number>[][] = candidates.map(() => [])
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    // In turns, and the order swapped each round, so that what else the machine does hits both.
    const order = candidates.map((_, index) => index)
    if (round % 2) order.reverse()
    for (const index of order) {
      const { name, command } = candidates[index]!
      results[index]!.push(await measure(command))
      console.error(`round ${round + 1}: ${name} measured`)
    }
  }
} finally {
  await model.stop()
  await rm(directory, { recursive: true, force: true })
}
printResults()

async function measure(command: string[]): Promise<Record<string, number>> {
  const server = await startProgram({ command, args: ["--port", `${freePort()}`], directory, env: environment() })
  try {
    return await measureServer(server)
  } finally {
    // The reference does not always end at SIGTERM.
    await server.stop("SIGKILL")
  }
}

async function measureServer(server: Program): Promise<Record<string, number>> {
  const { pid } = server
  const cpuToListen = await cpu(pid)
  const began = performance.now()
  await get(server, "/session")
  const firstAnswer = server.listeningAfter + (performance.now() - began)
  await Bun.sleep(IDLE)
  const idle = await rss(pid)

  const createSessions = async (count: number) => {
    for (let i = 0; i < count; i++) await createSession(server)
  }
  const creatingFirst = await cpuOf(pid, () => createSessions(FIRST_SESSIONS), threadTime)
  const creating = await cpuOf(pid, () => createSessions(SESSIONS))
  const firstPrompt = await cpuOf(pid, () => prompt(server, { chunks: 3 }))
  const prompts = await cpuOf(pid, async () => {
    for (let i = 0; i < PROMPTS; i++) await prompt(server, { chunks: 3 })
  })
  const streaming = await cpuOf(pid, () => followedPrompt(server, { chunks: CHUNKS }))
  const input = { filePath: join(directory, "README.md") }
  const calling = await cpuOf(pid, () =>
    followedPrompt(server, { chunks: 3, toolCalls: { count: TOOL_CALLS, name: "read", input } }),
  )
  return {
    "start to the listening line, ms (wall)": server.listeningAfter,
    "start to the first answer, ms (wall)": firstAnswer,
    "CPU to the listening line, ms": cpuToListen,
    "memory at rest, MB (RSS)": idle,
    "CPU per new session, the first ten, ms": creatingFirst / FIRST_SESSIONS,
    "CPU per new session, the next 200, ms": creating / SESSIONS,
    "CPU of the first prompt, ms": firstPrompt,
    "CPU per short prompt, ms": prompts / PROMPTS,
    "CPU per streamed piece, ms": Math.max(0, streaming - prompts / PROMPTS) / CHUNKS,
    "CPU per step with a tool call, ms": Math.max(0, calling - prompts / PROMPTS) / TOOL_CALLS,
    "memory after that, MB (RSS)": await rss(pid),
  }
}

function environment(): Record<string, string> {
  const config = {
    model: "bench/bench",
    small_model: "bench/bench",
    share: "disabled",
    autoupdate: false,
    permission: { "*": "allow" },
    provider: {
      bench: {
        npm: "@ai-sdk/openai-compatible",
        name: "Bench",
        options: { baseURL: model.url, apiKey: "none" },
        models: { bench: { name: "Bench", tool_call: true, limit: { context: 1_000_000, output: 8000 } } },
      },
    },
  }
  return { OPENCODE_CONFIG_CONTENT: JSON.stringify(config), OPENCODE_DISABLE_MODELS_FETCH: "1" }
}

async function makeProject(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "opencode-bench-"))
  await mkdir(join(project, "src"))
  await Bun.write(join(project, "README.md"), "# Bench\n\nA project to measure with.\n")
  for (let i = 0; i < 20; i++) await Bun.write(join(project, "src", `file${i}.ts`), `export const value = ${i}\n`)
  const git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
  for (const args of [
    ["init", "-q"],
    ["add", "."],
    ["commit", "-q", "-m", "Start"],
  ])
    await Bun.spawn([...git, ...args], { cwd: project }).exited
  return project
}

function get(server: Program, path: string, limit = LIMIT): Promise<unknown> {
  return ask(server, path, {}, limit)
}

function post(server: Program, path: string, body: object): Promise<unknown> {
  const headers = { "content-type": "application/json" }
  return ask(server, path, { method: "POST", headers, body: JSON.stringify(body) })
}

/** The answer's JSON. A signal is not enough as the limit: a body whose connection is gone may not hear it. */
async function ask(server: Program, path: string, init: RequestInit, limit = LIMIT): Promise<unknown> {
  const answer = async () => {
    const response = await fetch(server.url + path, { ...FRESH, ...init })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
    return text && JSON.parse(text)
  }
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`${path}: no answer in ${limit} ms`)), limit)
  return Promise.race([answer(), late.promise]).finally(() => clearTimeout(timer))
}

async function createSession(server: Program): Promise<string> {
  const { id } = (await post(server, "/session", {})) as { id: string }
  return id
}

interface Answer {
  info: { error?: unknown }
  parts: { type: string; text?: string }[]
}

function promptBody(turn: FakeTurn) {
  return { parts: [{ type: "text", text: fakePrompt(turn) }] }
}

/** One prompt in a new session, waited for. */
async function prompt(server: Program, turn: FakeTurn): Promise<void> {
  const id = await createSession(server)
  checkAnswer((await post(server, `/session/${id}/message`, promptBody(turn))) as Answer, turn)
}

/**
 * One prompt in a new session as a terminal client does it: the events tell what comes of it. (The reference does not always
 * answer a request that is open for long, and its stream of events may fall silent: now and then it is asked too.)
 */
async function followedPrompt(server: Program, turn: FakeTurn): Promise<void> {
  const id = await createSession(server)
  const abort = new AbortController()
  const events = readEvents(await fetch(`${server.url}/event`, { ...FRESH, signal: abort.signal }))
  await post(server, `/session/${id}/prompt_async`, promptBody(turn))
  const told = async () => {
    for await (const event of events) if (event.type === "session.idle" && event.properties.sessionID === id) return
  }
  // A question that is not answered in time is asked again.
  const isBusy = () =>
    get(server, "/session/status", PATIENCE).then(
      (status) => id in (status as object),
      () => true,
    )
  const asked = async () => {
    const deadline = performance.now() + 3 * LIMIT
    do {
      if (performance.now() > deadline) throw new Error("The prompt did not end")
      await Bun.sleep(PATIENCE)
    } while (await isBusy())
  }
  const hearing = told()
  // Cut below, a stream that has fallen silent may fail, or not even that.
  hearing.catch(() => undefined)
  await Promise.race([hearing, asked()])
  abort.abort()
  const messages = (await get(server, `/session/${id}/message`)) as Answer[]
  checkAnswer(messages.at(-1), turn)
  const calls = messages.flatMap((message) => message.parts).filter((part) => part.type === "tool").length
  const { count } = turn.toolCalls ?? { count: 0 }
  if (calls !== count) throw new Error(`${calls} tool calls instead of ${count}`)
}

/** A number for work that failed would be worth nothing. */
function checkAnswer(answer: Answer | undefined, { chunks }: FakeTurn): void {
  const words = answer?.parts.map((part) => (part.type === "text" ? (part.text ?? "") : "")).join("") ?? ""
  if (answer?.info.error || words.trim().split(" ").length !== chunks)
    throw new Error(`The prompt failed: ${JSON.stringify(answer)?.slice(0, 2000)}`)
}

/** CPU milliseconds of a task, until the process is quiet again. */
async function cpuOf(pid: number, task: () => Promise<unknown>, clock = cpu): Promise<number> {
  const before = await clock(pid)
  await task()
  await Bun.sleep(300)
  return (await clock(pid)) - before
}

/** CPU milliseconds of the threads that the process has now: for spans that are short next to a tick. */
async function threadTime(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`)
  const times = await Promise.all(threads.map((id) => readFile(`/proc/${pid}/task/${id}/schedstat`, "utf8")))
  return times.reduce((sum, time) => sum + Number(time.split(" ")[0]) / 1e6, 0)
}

/** CPU milliseconds so far: user and system time of the process and its ended children, in ticks of 10 ms. */
async function cpu(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /s, "").split(" ")
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]) * 10, 0)
}

async function rss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8")
  return Number(status.match(/VmRSS:\s+(\d+) kB/)?.[1]) / 1024
}

function freePort(): number {
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() })
  const port = probe.port ?? 0
  probe.stop(true)
  return port
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function printResults(): void {
  const names = Object.keys(results[0]![0]!)
  const of = (index: number, name: string) => median(results[index]!.map((each) => each[name]!))
  const show = (value: number) => (value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(3))
  const compared = candidates.length > 1
  console.log(`\n| | ${candidates.map((each) => each.name).join(" | ")} |${compared ? " ratio |" : ""}`)
  console.log(`| --- |${candidates.map(() => " ---: |").join("")}${compared ? " ---: |" : ""}`)
  for (const name of names) {
    const own = of(0, name)
    const other = compared ? ` ${show(of(1, name))} | ${show(of(1, name) / own)} |` : ""
    console.log(`| ${name} | ${show(own)} |${other}`)
  }
  console.log(
    `\nMedians of ${values.rounds} rounds on ${navigator.hardwareConcurrency} cores; ${process.platform}-${process.arch}.`,
  )
  if (!compared) console.log("Nothing to compare with: --reference FILE names the program of opencode.")
}

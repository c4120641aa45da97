import { Value } from "@sinclair/typebox/value"
import { errorMessage } from "../base/error"
import { type Loaded, loadToolFiles } from "./custom-load"
import { CustomResult, type FromWorker, Query, ToWorker, Update } from "./custom-messages"

type Call = Extract<ToWorker, { type: "call" }>

/** Answers to what running calls ask for, by number. */
const asked = new Map<number, { allow(): void; refuse(reason: Error): void }>()
const running = new Map<number, AbortController>()
let loading: Promise<Loaded> | undefined
let asks = 0

/**
 * Makes this process the one of custom tools: it loads files and runs their tools as the server's messages say, until the
 * server is gone. Apart from the server, a tool can neither hold it up nor end it.
 */
export function serveCustomTools(): void {
  process.on("message", (message: unknown) => {
    if (Value.Check(ToWorker, message)) void take(message)
  })
  process.on("disconnect", () => process.exit())
  // What a tool started and did not wait for is not the business of the calls that are under way.
  process.on("unhandledRejection", (error) => console.error(error))
}

async function take(message: ToWorker): Promise<void> {
  if (message.type === "load") return load(message)
  if (message.type === "call") return run(message)
  if (message.type === "ping") return send({ type: "pong" })
  if (message.type === "abort") return running.get(message.call)?.abort(new Error("The call was aborted"))
  const waiting = asked.get(message.ask)
  asked.delete(message.ask)
  if (message.refused === undefined) waiting?.allow()
  else waiting?.refuse(new Error(message.refused))
}

async function load({ directory, files }: Extract<ToWorker, { type: "load" }>): Promise<void> {
  // Only now: at its start Bun reads settings of the directory it is in, which are not the user's in a checkout.
  process.chdir(directory)
  loading = loadToolFiles(files, (path) => send({ type: "loading", path }))
  const { tools, problems } = await loading
  send({ type: "loaded", tools: [...tools.values()].map(({ about }) => about), problems })
}

async function run({ call, tool: id, args, context }: Call): Promise<void> {
  const abort = new AbortController()
  running.set(call, abort)
  try {
    const tool = (await loading)?.tools.get(id)
    if (!tool) throw new Error(`There is no tool ${id}`)
    const value = await tool.execute(tool.parse(args), {
      ...context,
      abort: abort.signal,
      metadata: (update: unknown) => progress(call, update),
      ask: (query: unknown) => ask(call, query),
    })
    send({ type: "done", call, result: resultOf(id, value) })
  } catch (error) {
    send({ type: "failed", call, reason: errorMessage(error) })
  } finally {
    running.delete(call)
  }
}

/** A text, or an object with one. */
function resultOf(id: string, value: unknown): CustomResult {
  const result = typeof value === "string" ? { output: value } : value
  if (Value.Check(CustomResult, result)) return result
  throw new Error(
    `The tool ${id} must give back a text, or { title?, output, metadata?, attachments? } with a text as output and data: URLs as attachments`,
  )
}

function progress(call: number, update: unknown): void {
  if (!Value.Check(Update, update)) throw new Error("metadata() takes { title?, metadata? }")
  send({ type: "progress", call, update })
}

function ask(call: number, query: unknown): Promise<void> {
  return new Promise((allow, refuse) => {
    if (!Value.Check(Query, query)) throw new Error("ask() takes { permission, patterns, always, metadata? }")
    asked.set(++asks, { allow, refuse })
    send({ type: "ask", call, ask: asks, query })
  })
}

function send(message: FromWorker): void {
  process.send?.(message)
}

import { parse } from "node:path"
import { Value } from "@sinclair/typebox/value"
import { errorMessage } from "../base/error"
import type { Instance } from "../instance/instance"
import { childEnvironment } from "../process/child-environment"
import { ownProgram } from "../process/own-program"
import type { ChildOutput } from "../process/supervisor"
import { CUSTOM_TOOLS } from "./custom-command"
import {
  type CustomResult,
  type CustomTool,
  FromWorker,
  type Problem,
  type ToolFile,
  type ToWorker,
} from "./custom-messages"
import type { ToolContext } from "./tool"

/** Milliseconds in which a file must be loaded; a run waits for it. */
const LOAD_TIMEOUT = 5_000
/** Milliseconds that a tool has to end by itself after an abort. */
const ABORT_GRACE = 1_500
/** Milliseconds after that in which the process must show that the tool does not block it. */
const PING_TIMEOUT = 1_000
/** Characters of what the process printed last that go into the error when it ends. */
const MAX_SAID = 2_000

/** The process that holds an instance's custom tools. */
export interface CustomProcess {
  readonly tools: CustomTool[]
  readonly problems: Problem[]
  /** Its tools can no longer be called. One that could not load any has none, and has not ended in this sense. */
  readonly ended: boolean
  /** Runs a tool. Throws what the tool throws, what it was refused, or that the process has ended. */
  call(tool: string, args: Record<string, unknown>, context: ToolContext): Promise<CustomResult>
  /** Ends the process; at once, or when its last call has ended. */
  stop(when: "now" | "idle"): Promise<unknown>
}

interface Call {
  context: ToolContext
  resolve(result: CustomResult): void
  reject(error: unknown): void
  /** Why the user or a rule did not allow what the tool asked for. */
  refused?: Error
}

/** The refusal itself, not its text that went through the tool, tells the loop whether to go on. */
const failureOf = ({ refused }: Call, reason: string): Error =>
  refused?.message === reason ? refused : new Error(reason)

/**
 * Starts a process of this program that loads the files, and answers when it has. Custom tools are other people's code: a
 * tool that blocks, crashes or leaks does so there. What cannot be loaded is told in `problems`, also a file that hangs or ends
 * the process: the others are then loaded without it. Throws only when the process cannot be started.
 */
export async function startCustomProcess(
  instance: Instance,
  files: ToolFile[],
  known: Problem[] = [],
): Promise<CustomProcess> {
  const { app, directory } = instance
  const calls = new Map<number, Call>()
  const state = { ended: false, retired: false, calls: 0, said: "", loading: "" }
  const loaded = Promise.withResolvers<Extract<FromWorker, { type: "loaded" }>>()

  const child = app.processes.spawn({
    command: ownProgram(CUSTOM_TOOLS),
    cwd: parse(directory).root,
    env: { ...childEnvironment(app.env), OPENCODE: "1", AGENT: "1" },
    onMessage(message) {
      if (Value.Check(FromWorker, message)) take(message)
      else app.log.warn("The process of custom tools sent something unknown", { directory })
    },
  })
  const send = (message: ToWorker) => child.send?.(message)

  for (const stream of [child.stdout, child.stderr]) void listen(stream)
  void child.exited.then(({ code, signal }) => {
    state.ended = true
    const said = state.said.trim() && `: ${state.said.trim()}`
    const error = new Error(`The process of the custom tools has ended (${signal ?? code})${said}`)
    loaded.reject(error)
    for (const call of calls.values()) call.reject(error)
  })

  async function listen(stream: ChildOutput) {
    const decoder = new TextDecoder()
    for await (const chunk of stream)
      state.said = (state.said + decoder.decode(chunk, { stream: true })).slice(-MAX_SAID)
  }

  function take(message: FromWorker): void {
    if (message.type === "loading") expectFile(message.path)
    else if (message.type === "loaded") loaded.resolve(message)
    else if (message.type === "pong") clearTimeout(unanswered)
    else takeOfCall(message)
  }

  function takeOfCall(message: Extract<FromWorker, { call: number }>): void {
    const call = calls.get(message.call)
    if (!call) return
    if (message.type === "progress") call.context.progress(message.update)
    else if (message.type === "ask") void ask(call, message)
    else if (message.type === "done") call.resolve(message.result)
    else call.reject(failureOf(call, message.reason))
  }

  async function ask(call: Call, { ask, query }: Extract<FromWorker, { type: "ask" }>): Promise<void> {
    try {
      await call.context.ask({ metadata: {}, ...query })
      send({ type: "answer", ask })
    } catch (error) {
      if (error instanceof Error) call.refused = error
      send({ type: "answer", ask, refused: errorMessage(error) })
    }
  }

  async function call(tool: string, args: Record<string, unknown>, context: ToolContext): Promise<CustomResult> {
    context.signal.throwIfAborted()
    if (state.ended) throw new Error("The process of the custom tools has ended; try again")
    const number = ++state.calls
    const { promise, resolve, reject } = Promise.withResolvers<CustomResult>()
    let timer: Timer | undefined
    const abort = () => {
      send({ type: "abort", call: number })
      timer = setTimeout(() => {
        reject(context.signal.reason)
        state.retired = true
        endIfBlocked()
      }, ABORT_GRACE)
    }
    calls.set(number, { context, resolve, reject })
    context.signal.addEventListener("abort", abort, { once: true })
    const { sessionID, messageID, agent } = context
    const where = { sessionID, messageID, agent: agent.name, directory, worktree: instance.worktree }
    send({ type: "call", call: number, tool, args, context: where })
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      context.signal.removeEventListener("abort", abort)
      calls.delete(number)
      // A tool that takes no notice of an abort ends with its process, but not the other calls in it.
      if (state.retired && calls.size === 0) void child.kill()
    }
  }

  let limit: Timer | undefined
  function expectFile(path: string): void {
    state.loading = path
    clearTimeout(limit)
    limit = setTimeout(() => {
      loaded.reject(new Error(`It was not loaded within ${LOAD_TIMEOUT / 1000} s`))
      void child.kill()
    }, LOAD_TIMEOUT)
  }

  let unanswered: Timer | undefined
  /** A tool that loops without end holds up all other calls: then they end with it. */
  function endIfBlocked(): void {
    send({ type: "ping" })
    clearTimeout(unanswered)
    unanswered = setTimeout(() => void child.kill(), PING_TIMEOUT)
  }

  expectFile("")
  send({ type: "load", directory, files })
  const { tools, problems, rest } = await loaded.promise
    .then(
      ({ tools, problems }) => ({ tools, problems, rest: [] }),
      (error) => blame(files, state.loading, errorMessage(error)),
    )
    .finally(() => clearTimeout(limit))
  if (rest.length > 0) return startCustomProcess(instance, rest, [...known, ...problems])

  return {
    tools,
    problems: [...known, ...problems],
    get ended() {
      return tools.length > 0 && (state.ended || state.retired)
    },
    call,
    async stop(when) {
      state.retired = true
      if (when === "now" || calls.size === 0) await child.kill()
    },
  }
}

/** Whose fault it is that the process hung or ended; where it had not come to any file, that of all. `rest` may still be fine. */
function blame(files: ToolFile[], loading: string, reason: string) {
  const guilty = files.filter(({ path }) => loading === "" || path === loading)
  return {
    tools: [],
    problems: guilty.map(({ path }) => ({ path, reason })),
    rest: files.filter((file) => !guilty.includes(file)),
  }
}

import { statSync } from "node:fs"
import { resolve } from "node:path"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import { errorMessage } from "../base/error"
import type { Instance } from "../instance/instance"
import { childEnvironment } from "../process/child-environment"
import type { Child } from "../process/supervisor"
import type { McpLocalConfig } from "../schema/config-mcp"
import { settlesWithin } from "./within"

/** The longest message that a server may send, in bytes: images come as base64 in a single one. */
const MAX_MESSAGE = 64 * 1024 * 1024
/** Milliseconds that a program has to end by itself when its input has ended. */
const GRACE = 400
const MAX_LAST_WORDS = 2000
/** Lines in a row that may be no messages: many programs greet on their standard output. */
const MAX_CHATTER = 10_000

export interface LocalTransport extends Transport {
  /**
   * Mostly why it failed: the end of what the program wrote to its standard error, and whether it spoke something else than the
   * protocol. The configured environment's values are blotted out.
   */
  lastWords(): string
}

/** Talks to a server through the standard input and output of a program, which lives as long as the transport. */
export async function localTransport(instance: Instance, config: McpLocalConfig): Promise<LocalTransport> {
  const { ReadBuffer, serializeMessage } = await import("@modelcontextprotocol/sdk/shared/stdio.js")
  const buffer = new ReadBuffer({ maxBufferSize: MAX_MESSAGE })
  let child: Child | undefined
  let errors = ""
  let chatter = 0
  let drained: Promise<unknown> = Promise.resolve()
  let closing: Promise<void> | undefined

  const transport: LocalTransport = {
    async start() {
      const started = startProgram(instance, config)
      child = started
      const read = readMessages(started)
      drained = Promise.all([read, readErrors(started)])
      // A program that closes its output is of no use any more, whether it has ended or not.
      void Promise.race([read, started.exited]).then(transport.close)
    },
    async send(message) {
      if (!child?.stdin || closing) throw new Error("The program has ended")
      child.stdin.write(serializeMessage(message))
      child.stdin.flush()
    },
    close() {
      closing ??= end()
      return closing
    },
    lastWords() {
      const wrong = chatter > MAX_CHATTER && `The program has printed ${MAX_CHATTER} lines that are no messages`
      return blotOut([wrong, errors.trim()].filter(Boolean).join("\n"), Object.values(config.environment ?? {}))
    },
  }
  return transport

  async function end() {
    if (child) {
      child.stdin?.end()
      if (!(await settlesWithin(child.exited, GRACE))) await child.kill()
      await settlesWithin(drained, GRACE)
    }
    transport.onclose?.()
  }

  async function readMessages({ stdout }: Child) {
    try {
      for await (const chunk of stdout) {
        buffer.append(Buffer.from(chunk))
        while (readMessage()) if (chatter > MAX_CHATTER) return
      }
    } catch (error) {
      transport.onerror?.(asError(error))
    }
  }

  /** A line that is no message does not end the connection. */
  function readMessage(): boolean {
    try {
      const message = buffer.readMessage()
      if (message === null) return false
      chatter = 0
      transport.onmessage?.(message)
      return true
    } catch (error) {
      chatter++
      transport.onerror?.(asError(error))
      return true
    }
  }

  async function readErrors({ stderr }: Child) {
    const decoder = new TextDecoder()
    try {
      for await (const chunk of stderr)
        errors = (errors + decoder.decode(chunk, { stream: true })).slice(-MAX_LAST_WORDS)
    } catch (error) {
      transport.onerror?.(asError(error))
    }
  }
}

function startProgram({ app, directory }: Instance, config: McpLocalConfig): Child {
  const { command, environment } = config
  if (!command[0]) throw new Error("The configured command is empty")
  const cwd = resolve(directory, config.cwd ?? ".")
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`There is no directory ${cwd}`)
  try {
    return app.processes.spawn({ command, cwd, env: { ...childEnvironment(app.env), ...environment }, stdin: "pipe" })
  } catch (error) {
    // The system's own words, which name the program too.
    throw error instanceof Error ? (error.cause ?? error) : error
  }
}

/** Shorter values are no secrets, and mostly words that explain something. */
const MIN_SECRET = 6

const blotOut = (text: string, secrets: string[]) =>
  secrets
    .filter((secret) => secret.length >= MIN_SECRET)
    .reduce((clean, secret) => clean.replaceAll(secret, "***"), text)

const asError = (error: unknown) => (error instanceof Error ? error : new Error(errorMessage(error)))

import { resolve } from "node:path"
import { Type } from "@sinclair/typebox"
import { errorMessage } from "../base/error"
import { isDirectory } from "../base/path"
import { command, logFlags } from "./command"
import { CommandError } from "./command-error"
import { connect, connectFlags } from "./connect"
import type { Connection } from "./connection"
import type { Flags, FlagValues } from "./flags"
import { converse } from "./run-conversation"
import { readFiles, readMessage } from "./run-message"
import { jsonOutput, textOutput } from "./run-output"
import { chooseSession } from "./run-session"
import { closeOnSignal } from "./shutdown"
import { note } from "./terminal"

const flags = {
  command: { type: "string", value: "NAME", about: "run this slash command; the message is its arguments" },
  continue: { type: "boolean", short: "c", about: "go on with the last session of the directory" },
  session: { type: "string", short: "s", value: "ID", about: "go on with this session" },
  fork: { type: "boolean", about: "go on with a copy of that session" },
  share: { type: "boolean", about: "share the session and print its link" },
  model: { type: "string", short: "m", value: "PROVIDER/MODEL", about: "the model that answers" },
  agent: { type: "string", value: "NAME", about: "the agent that answers" },
  variant: { type: "string", value: "NAME", about: "variant of the model, as high or low effort" },
  format: {
    type: "string",
    value: "FORMAT",
    choices: ["default", "json"],
    about: "default, or json: one line per event",
  },
  file: { type: "string", short: "f", value: "PATH", multiple: true, about: "attach a file" },
  title: { type: "string", value: "TEXT", about: "title of the session; empty: the beginning of the message" },
  dir: { type: "string", value: "PATH", about: "directory to work in; with --attach, on the server" },
  port: { type: "string", value: "N", about: "port of the server that is started for this run (a free one)" },
  thinking: { type: "boolean", about: "print the model's reasoning too" },
  auto: { type: "boolean", about: "grant every permission that is not denied by the rules: dangerous" },
  ...connectFlags,
  ...logFlags,
} satisfies Flags

const about = `Sends a message, with what is piped in, and prints the answer.

The answer goes to standard output, tools and errors to standard error. Permissions that would be asked for are
rejected, unless --auto is given. The status is 0 when the message was answered, else 1.

Uses the running server of the same data directory. If there is none, it serves itself until it is done.`

/** `opencode run`. */
export const runCommand = command({ about, flags, words: "[MESSAGE...]" }, async (values, words) => {
  if (values.fork && !values.continue && values.session === undefined)
    throw new CommandError("--fork needs --continue or --session")
  const message = await readMessage(words)
  if (message === "" && values.command === undefined) throw new CommandError("A message is missing, or a --command")
  const body = await bodyOf(values, message)
  const directory = directoryOf(values)
  if (values.attach === undefined && directory !== undefined && !(await isDirectory(directory)))
    throw new CommandError(`--dir takes a directory, and there is none at ${directory}`)
  const connection = await connect({ ...values, runs: true })
  try {
    if (!(await run(connection, values, { message, body, directory }))) process.exitCode = 1
  } finally {
    await connection.close()
  }
})

type Values = FlagValues<typeof flags>

async function bodyOf({ command: name, model, agent, variant, file = [] }: Values, message: string) {
  const files = await readFiles(file)
  const common = { ...(agent !== undefined && { agent }), ...(variant !== undefined && { variant }) }
  const [, providerID, modelID] = /^([^/]+)\/(.+)$/.exec(model ?? "") ?? []
  if (model !== undefined && !modelID)
    throw new CommandError(`--model takes PROVIDER/MODEL, not ${JSON.stringify(model)}. See: opencode models`)
  if (name !== undefined) return { ...common, command: name, arguments: message, ...(model && { model }), parts: files }
  const parts = [...files, { type: "text", text: message }]
  return { ...common, ...(model && { model: { providerID, modelID } }), parts }
}

async function run(
  connection: Connection,
  values: Values,
  { message, body, directory }: { message: string; body: object; directory: string | undefined },
): Promise<boolean> {
  if (values.share && !connection.lasting)
    throw new CommandError(
      "The link of a shared session ends with its server: start one that goes on with opencode serve",
    )
  if (values.agent !== undefined) await checkAgent(connection, values.agent, directory)
  const session = await chooseSession(connection, values, { directory, message })
  closeOnSignal(reportSignal, async () => {
    await connection.call(Type.Unknown(), "POST", `/session/${session.id}/abort`)
    await connection.close()
  })
  if (values.share && session.share) note(`Shared: ${session.share.url}`)
  const thinking = values.thinking ?? false
  const output = values.format === "json" ? jsonOutput({ thinking, sessionID: session.id }) : textOutput({ thinking })
  const path = values.command === undefined ? "message" : "command"
  return converse({ connection, session, output, auto: values.auto ?? false }, path, body)
}

/** A server elsewhere knows its own directories only. */
const directoryOf = ({ attach, dir }: Values) => (attach === undefined ? resolve(dir ?? ".") : dir)

const Agents = Type.Array(
  Type.Object({ name: Type.String(), mode: Type.String(), hidden: Type.Optional(Type.Boolean()) }),
)

/** With another agent than was asked for the run could do more than it may. */
async function checkAgent(connection: Connection, name: string, directory: string | undefined): Promise<void> {
  const scope = directory === undefined ? "" : `?directory=${encodeURIComponent(directory)}`
  const all = await connection.call(Agents, "GET", `/agent${scope}`)
  const agents = all.filter(({ mode, hidden }) => mode !== "subagent" && !hidden)
  if (agents.some((agent) => agent.name === name)) return
  const names = agents.map((agent) => agent.name).join(", ")
  throw new CommandError(`There is no primary agent ${JSON.stringify(name)}; there are: ${names}`)
}

const reportSignal = (message: string, { error }: { error?: unknown }) =>
  note(error === undefined ? message : `${message}: ${errorMessage(error)}`)

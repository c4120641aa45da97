import { randomBytes } from "node:crypto"
import type { App } from "../instance/app"
import { StoreOpenError } from "../store/open-error"
import { type Address, findAddress, removeAddress, settingsDigest, writeAddress } from "./address-file"
import type { LogFlags } from "./app"
import { CommandError } from "./command-error"
import { type Connection, connectionTo, type Login } from "./connection"
import type { Flags } from "./flags"
import type { Host } from "./host"
import { readPort } from "./listen"
import { pathsOf } from "./paths"

/** Flags of the commands that use a server. */
export const connectFlags = {
  attach: { type: "string", value: "URL", about: "use the server at this address, not that of this machine's user" },
  password: { type: "string", short: "p", value: "TEXT", about: "its password (OPENCODE_SERVER_PASSWORD)" },
  username: { type: "string", short: "u", value: "NAME", about: "its user (OPENCODE_SERVER_USERNAME, or opencode)" },
} satisfies Flags

interface ConnectOptions extends LogFlags {
  attach?: string
  password?: string
  username?: string
  /** Port of a server that is started for this command; default: a free one. */
  port?: string
  /**
   * Whether the command runs prompts. Then others may use its server meanwhile, and it uses only a server that was started
   * with the same settings.
   */
  runs?: boolean
}

/** Milliseconds to wait for another command that has the database for a moment. */
const PATIENCE = 10_000
const PAUSE = 50
/** Milliseconds after which a person wonders. */
const SECOND = 1000

/**
 * The server for a command: the one that `--attach` names, else the one that holds the user's database already, else one
 * of this process that ends with the connection. Throws `CommandError` when none of them can be had.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const login = loginOf(options, process.env)
  if (options.attach !== undefined) return connectionTo(checkedURL(options.attach), login, { lasting: true })
  // Imported here, because all of the server comes with it.
  const { openCommandApp } = await import("./app")
  const began = Date.now()
  for (let told = false; ; await Bun.sleep(PAUSE)) {
    const opened = await openCommandApp(options).catch((error) => {
      if (error instanceof StoreOpenError && error.reason === "in-use") return error
      throw error
    })
    if (!(opened instanceof StoreOpenError)) return ownServer(opened.app, options)
    const address = await findAddress(pathsOf(process.env).data, opened.holder)
    const running = address && (await join(address, login, options))
    if (running) return running
    if (Date.now() - began < PATIENCE) continue
    // One that runs prompts with other settings is waited for as long as it takes.
    if (!address?.token) throw opened
    if (!told) process.stderr.write(`Waiting for process ${address.pid}, which runs with other settings.\n`)
    told = true
  }
}

/** The server of another process; undefined when it is just ending, or not for this run. */
async function join(address: Address, login: Login, options: ConnectOptions): Promise<Connection | undefined> {
  const { pid, url, token } = address
  if (options.runs && address.settings !== settingsDigest(process.env)) {
    if (token !== undefined) return undefined
    throw new CommandError(
      `The server of process ${pid} holds the sessions and was started with other settings in its environment ` +
        `(OPENCODE_CONFIG..., OPENCODE_PERMISSION). To use it with its own settings: --attach ${url}`,
    )
  }
  const hold = new AbortController()
  const lasting = token === undefined
  const connection = connectionTo(url, lasting ? login : { username: "opencode", password: token }, {
    lasting,
    close: async () => hold.abort(),
  })
  try {
    // An open stream keeps the server of a command alive until this one is done with it.
    await connection.open("/global/event", hold.signal)
    return connection
  } catch (error) {
    if (token !== undefined) return undefined
    throw error
  }
}

async function ownServer(app: App, { runs, port }: ConnectOptions): Promise<Connection> {
  const [{ host }, { closeApp }] = await Promise.all([import("./host"), import("../instance/open-app")])
  const password = randomBytes(32).toString("base64url")
  const hostname = "127.0.0.1"
  // In this order: once the database is free, the file may be that of the next server.
  const end = async () => {
    if (runs) await removeAddress(app)
    await closeApp(app)
  }
  try {
    const server = host(app, { hostname, password, port: port === undefined ? undefined : readPort(port) })
    const url = `http://${hostname}:${server.port}`
    if (runs) await writeAddress(app, { pid: process.pid, url, settings: settingsDigest(app.env), token: password })
    const close = async () => {
      if (runs) await untilUnused(server)
      await server.close(end)
    }
    return connectionTo(url, { username: "opencode", password }, { lasting: false, close })
  } catch (error) {
    await end()
    throw error
  }
}

/** Other commands may have begun to use this server. */
async function untilUnused(server: Host): Promise<void> {
  const told = setTimeout(
    () => process.stderr.write("Done; waiting for other opencode commands that use the server of this one.\n"),
    SECOND,
  )
  while (server.pending() > 0) await Bun.sleep(PAUSE)
  clearTimeout(told)
}

function loginOf({ password, username }: ConnectOptions, env: App["env"]): Login {
  return {
    username: username ?? (env.OPENCODE_SERVER_USERNAME || "opencode"),
    password: password ?? env.OPENCODE_SERVER_PASSWORD ?? "",
  }
}

function checkedURL(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === "http:" || url?.protocol === "https:") return text
  throw new CommandError(
    `--attach takes the address of a server such as http://127.0.0.1:4096, not ${JSON.stringify(text)}`,
  )
}

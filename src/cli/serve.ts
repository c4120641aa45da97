import { errorMessage } from "../base/error"
import { isLoopback } from "../base/loopback"
import { getGlobalConfig } from "../config/config"
import type { App } from "../instance/app"
import { closeApp } from "../instance/open-app"
import type { Config } from "../schema/config"
import { removeAddress, settingsDigest, writeAddress } from "./address-file"
import { openCommandApp } from "./app"
import { command, logFlags } from "./command"
import { CommandError } from "./command-error"
import type { Flags, FlagValues } from "./flags"
import { host, localURL, urlHost } from "./host"
import { readPort } from "./listen"
import { closeOnSignal } from "./shutdown"

/** What a command that serves takes. */
export const serveFlags = {
  port: { type: "string", value: "N", about: "port to listen on; without it 4096 or, if taken, a free one" },
  hostname: { type: "string", value: "HOST", about: "address to listen on (127.0.0.1; 0.0.0.0 with --mdns)" },
  cors: { type: "string", value: "ORIGIN", multiple: true, about: "one more browser origin that may call the server" },
  mdns: { type: "boolean", about: "announce the server in the local network" },
  "mdns-domain": { type: "string", value: "NAME", about: "host name to announce (opencode.local)" },
  ...logFlags,
} satisfies Flags

/** `opencode serve`: listens until a signal ends it. */
export const serveCommand = command({ about: "Starts the HTTP server.", flags: serveFlags }, async (values) => {
  await serve(values)
})

/** Starts to listen, says so, and answers where programs of this machine reach it. A signal ends it. */
export async function serve(values: FlagValues<typeof serveFlags>): Promise<string> {
  const port = values.port === undefined ? undefined : readPort(values.port)
  const { app, setLevel } = await openCommandApp(values)
  try {
    const config = await getGlobalConfig(app)
    setLevel(config.logLevel ?? "INFO")
    return await start(app, settingsOf({ ...values, port }, config.server))
  } catch (error) {
    app.log.error("The server could not start", { error })
    await closeApp(app)
    throw error
  }
}

interface Settings {
  /** 0: the default port or a free one. */
  port: number
  hostname: string
  cors: string[]
  mdns: boolean
  mdnsDomain: string
}

type Asked = Omit<FlagValues<typeof serveFlags>, "port"> & { port: number | undefined }

/** A flag decides before the global configuration, the configuration before the default. */
function settingsOf(asked: Asked, config: Config["server"] = {}): Settings {
  const mdns = asked.mdns ?? config.mdns ?? false
  const hostname = asked.hostname ?? config.hostname ?? (mdns ? "0.0.0.0" : "127.0.0.1")
  // Bun would listen on every address of the machine.
  if (hostname.trim() === "") throw new CommandError("The host name to listen on is empty. Without one it is 127.0.0.1")
  return {
    port: asked.port ?? config.port ?? 0,
    hostname,
    cors: [...(config.cors ?? []), ...(asked.cors ?? [])],
    mdns,
    mdnsDomain: asked["mdns-domain"] ?? config.mdnsDomain ?? "opencode.local",
  }
}

async function start(app: App, settings: Settings): Promise<string> {
  const { hostname } = settings
  const { OPENCODE_SERVER_PASSWORD: password = "", OPENCODE_SERVER_USERNAME: username } = app.env
  const server = host(app, { hostname, port: settings.port, cors: settings.cors, password, username })
  surviveFaults(app)

  let withdraw: (() => Promise<void>) | undefined
  closeOnSignal(app.log.error, async (signal) => {
    app.log.info("The server ends", { signal })
    // In this order: once the database is free, the file may be that of the next server.
    const end = async () => {
      await removeAddress(app)
      await closeApp(app)
    }
    await server.close(() => Promise.all([end(), withdraw?.()]))
  })

  const { port } = server
  const url = localURL(hostname, port)
  await writeAddress(app, { pid: process.pid, url, settings: settingsDigest(app.env) }).catch((error) =>
    app.log.warn("Other commands will not find this server", { reason: errorMessage(error) }),
  )
  app.log.info("The server listens", { hostname, port, version: app.version, directory: app.directory })
  if (!password) warnOpen(hostname)
  // Clients wait for exactly this line.
  process.stdout.write(`opencode server listening on http://${urlHost(hostname)}:${port}\n`)
  if (settings.mdns) withdraw = await announceUnlessLocal(app, hostname, port, settings.mdnsDomain)
  return url
}

function warnOpen(hostname: string): void {
  process.stderr.write("Warning: OPENCODE_SERVER_PASSWORD is not set; server is unsecured.\n")
  if (isLoopback(hostname)) return
  process.stderr.write(`Warning: everybody who reaches ${hostname} can run commands on this machine.\n`)
}

async function announceUnlessLocal(app: App, hostname: string, port: number, domain: string) {
  if (isLoopback(hostname)) {
    process.stderr.write(`Warning: mDNS is skipped, nobody else can reach ${hostname}.\n`)
    return undefined
  }
  const { announce } = await import("./mdns")
  return announce(app, port, domain)
}

/** A fault nobody caught, in one of many sessions, is no reason to end the others. */
function surviveFaults(app: App): void {
  process.on("uncaughtException", (error) => app.log.error("Uncaught exception", { error }))
  process.on("unhandledRejection", (error) => app.log.error("Unhandled rejection", { error }))
}

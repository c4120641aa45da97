import { getGlobalConfig } from "../config/config"
import type { App } from "../instance/app"
import { closeApp } from "../instance/open-app"
import type { Config } from "../schema/config"
import { createServer } from "../server/server"
import { openCommandApp } from "./app"
import { command } from "./command"
import type { Flags, FlagValues } from "./flags"
import { isLoopback, listen, readPort } from "./listen"
import { closeOnSignal } from "./shutdown"

const flags = {
  port: { type: "string", value: "N", about: "port to listen on; without it 4096 or, if taken, a free one" },
  hostname: { type: "string", value: "HOST", about: "address to listen on (127.0.0.1; 0.0.0.0 with --mdns)" },
  cors: { type: "string", value: "ORIGIN", multiple: true, about: "one more browser origin that may call the server" },
  mdns: { type: "boolean", about: "announce the server in the local network" },
  "mdns-domain": { type: "string", value: "NAME", about: "host name to announce (opencode.local)" },
  "print-logs": { type: "boolean", about: "write the log to standard error too" },
  "log-level": { type: "string", value: "LEVEL", about: "DEBUG, INFO, WARN or ERROR (INFO)" },
  pure: { type: "boolean", about: "run no plugins; always so, this server has none" },
} satisfies Flags

/** Milliseconds that clients get for reading their last answers when everything has ended. */
const LAST_WORDS = 200

/** `opencode serve`: listens until a signal ends it. */
export const serveCommand = command("Starts the HTTP server.", flags, serve)

async function serve(values: FlagValues<typeof flags>): Promise<void> {
  const port = values.port === undefined ? undefined : readPort(values.port)
  const { app, setLevel } = await openCommandApp(values)
  try {
    const config = await getGlobalConfig(app)
    setLevel(config.logLevel ?? "INFO")
    await start(app, settingsOf({ ...values, port }, config.server))
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

type Asked = Omit<FlagValues<typeof flags>, "port"> & { port: number | undefined }

/** A flag decides before the global configuration, the configuration before the default. */
function settingsOf(asked: Asked, config: Config["server"] = {}): Settings {
  const mdns = asked.mdns ?? config.mdns ?? false
  return {
    port: asked.port ?? config.port ?? 0,
    hostname: asked.hostname ?? config.hostname ?? (mdns ? "0.0.0.0" : "127.0.0.1"),
    cors: [...(config.cors ?? []), ...(asked.cors ?? [])],
    mdns,
    mdnsDomain: asked["mdns-domain"] ?? config.mdnsDomain ?? "opencode.local",
  }
}

async function start(app: App, settings: Settings): Promise<void> {
  const { hostname } = settings
  const { OPENCODE_SERVER_PASSWORD: password = "", OPENCODE_SERVER_USERNAME: username } = app.env
  const server = createServer(app, { hostname, cors: settings.cors, password, ...(username && { username }) })
  let closing = false
  const listener = listen(settings, (port) =>
    Bun.serve({
      hostname,
      port,
      idleTimeout: server.idleTimeout,
      maxRequestBodySize: server.maxRequestBodySize,
      fetch: (request, bun) => (closing ? new Response(null, { status: 503 }) : server.fetch(request, bun)),
      websocket: server.websocket,
    }),
  )
  const port = listener.port ?? settings.port
  surviveFaults(app)

  let withdraw: (() => Promise<void>) | undefined
  closeOnSignal(app.log, async (signal) => {
    app.log.info("The server ends", { signal })
    closing = true
    // Refuses new connections at once; the open ones end with their runs and streams.
    const stopped = listener.stop()
    await Promise.all([closeApp(app), withdraw?.()])
    await Promise.race([stopped, Bun.sleep(LAST_WORDS)])
    await listener.stop(true)
  })

  app.log.info("The server listens", { hostname, port, version: app.version, directory: app.directory })
  if (!password) warnOpen(hostname)
  // Clients wait for exactly this line.
  process.stdout.write(`opencode server listening on http://${urlHost(hostname)}:${port}\n`)
  if (settings.mdns) withdraw = await announceUnlessLocal(app, hostname, port, settings.mdnsDomain)
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

const urlHost = (hostname: string) => (hostname.includes(":") && !hostname.startsWith("[") ? `[${hostname}]` : hostname)

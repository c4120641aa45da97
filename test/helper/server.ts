import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createLog } from "../../src/base/log"
import type { App } from "../../src/instance/app"
import { closeApp, openApp } from "../../src/instance/open-app"
import type { Event, EventProperties, EventType } from "../../src/schema/event"
import type { Route } from "../../src/server/route"
import { createServer, type ServerOptions } from "../../src/server/server"
import { checkDocumented } from "./documented"
import { type EventStream, openEventStream } from "./event-stream"
import { gitEnv, makeRepository, writeFiles } from "./git-template"

export interface TestServerOptions extends ServerOptions {
  /** Files of the project; committed where it is a repository. */
  files?: Record<string, string>
  /** Whether the project is a git repository with one commit. Default: true. */
  git?: boolean
  /** The user's global configuration. */
  config?: object
  /** Environment variables besides PATH, HOME and those that git needs. */
  env?: Record<string, string | undefined>
  now?: () => number
  /** Mounted instead of the server's own. */
  routes?: readonly Route[]
}

export interface TestAnswer {
  status: number
  headers: Headers
  /** Decoded where it is JSON, else the text; undefined when empty. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the server sends
  body: any
}

export interface TestServer extends AsyncDisposable {
  app: App
  /** The project, by its real path. */
  directory: string
  /** Holds the home directory and whatever else a test makes; removed at the end. */
  root: string
  url: string
  /** Lines of the log so far. */
  log: string[]
  /** Sends a request over the socket and checks that the answer is one that its route documents. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>
  /** Opens a stream; it is closed at the end if the test did not. */
  stream(path: string, headers?: Record<string, string>): Promise<EventStream>
  /** Everything published so far, by any instance. */
  events: Event[]
  /** What was published of one type so far. */
  heard<T extends EventType>(type: T): { type: T; properties: EventProperties<T> }[]
  /** The first event of a type, or that fits: of those published so far, else of those to come. Rejects after 5 seconds. */
  waitFor<T extends EventType>(type: T): Promise<Extract<Event, { type: T }>>
  waitFor(fits: (event: Event) => boolean): Promise<Event>
  /** A further directory next to the project. */
  makeDirectory(name: string, options?: { git?: boolean; files?: Record<string, string> }): Promise<string>
}

/** A server over a temporary project: real socket, real database, real git; nothing of the user's own is touched. */
export async function testServer(options: TestServerOptions = {}): Promise<TestServer> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "server-")))
  const home = join(root, "home")
  const paths = {
    home,
    config: join(home, ".config", "opencode"),
    data: join(home, ".local", "share", "opencode"),
    state: join(home, ".local", "state", "opencode"),
    cache: join(home, ".cache", "opencode"),
    temp: join(root, "tmp"),
  }
  await Promise.all(Object.values(paths).map((path) => mkdir(path, { recursive: true })))
  if (options.config) await writeFile(join(paths.config, "opencode.json"), JSON.stringify(options.config))

  const makeDirectory: TestServer["makeDirectory"] = async (name, { git = true, files } = {}) => {
    const path = join(root, name)
    await mkdir(path)
    if (git) await makeRepository(path, files)
    else await writeFiles(path, files ?? {})
    return path
  }
  const directory = await makeDirectory("project", options)

  const log: string[] = []
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    ...gitEnv,
    ...options.env,
  }
  const app = await openApp({
    version: "0.0.0-test",
    env,
    directory,
    paths,
    log: createLog("DEBUG", (line) => void log.push(line)),
    ...(options.now && { now: options.now }),
  })
  const server = createServer(app, options, options.routes)
  const listener = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: server.idleTimeout,
    maxRequestBodySize: server.maxRequestBodySize,
    websocket: server.websocket,
    fetch: (request, bun) => server.fetch(request, bun),
  })
  const url = `http://127.0.0.1:${listener.port}`
  const events: Event[] = []
  app.bus.subscribe(({ event }) => void events.push(event))
  const streams: EventStream[] = []

  return {
    app,
    directory,
    root,
    url,
    log,
    events,
    makeDirectory,
    async call(method, path, body, headers) {
      const response = await fetch(`${url}${path}`, {
        method,
        redirect: "manual",
        headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
        ...(body !== undefined && { body: isRaw(body) ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const type = response.headers.get("content-type")
      const answer = text === "" ? undefined : type?.startsWith("application/json") ? JSON.parse(text) : text
      checkDocumented(server.routes, { method, path }, { status: response.status, type, body: answer })
      return { status: response.status, headers: response.headers, body: answer }
    },
    async stream(path, headers) {
      const stream = await openEventStream(`${url}${path}`, headers)
      streams.push(stream)
      return stream
    },
    heard: (type) =>
      events.flatMap((event) => (isOf(event, type) ? [{ type, properties: event.properties }] : [])) as never,
    waitFor: (wanted: EventType | ((event: Event) => boolean)) =>
      waitFor(app, events, typeof wanted === "string" ? (event) => event.type === wanted : wanted) as never,
    async [Symbol.asyncDispose]() {
      await Promise.all(streams.map((stream) => stream.close()))
      await closeApp(app)
      await listener.stop(true)
      await rm(root, { recursive: true, force: true })
    },
  }
}

const isOf = <T extends EventType>(event: Event, type: T): event is Extract<Event, { type: T }> => event.type === type

/** Bytes are sent as they are. */
const isRaw = (body: unknown): body is Uint8Array<ArrayBuffer> => body instanceof Uint8Array

function waitFor(app: App, events: Event[], fits: (event: Event) => boolean): Promise<Event> {
  const known = events.find(fits)
  if (known) return Promise.resolve(known)
  const { promise, resolve, reject } = Promise.withResolvers<Event>()
  const timer = setTimeout(
    () => reject(new Error(`The event did not come; heard: ${events.map((event) => event.type).join(", ")}`)),
    5000,
  )
  const unsubscribe = app.bus.subscribe(({ event }) => {
    if (fits(event)) resolve(event)
  })
  return promise.finally(() => {
    clearTimeout(timer)
    unsubscribe()
  })
}

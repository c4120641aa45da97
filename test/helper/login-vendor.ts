import { join } from "node:path"
import type { App } from "../../src/instance/app"
import { replaceLoginEndpoints } from "../../src/provider/login/endpoints"
import { type TestServer, testServer } from "./server"

export interface LoginRequest {
  path: string
  headers: Headers
  /** Fields of a form, or the JSON of the body. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the program under test sends
  body: any
}

export interface LoginVendor extends AsyncDisposable {
  url: string
  requests: LoginRequest[]
  /** Requests to a path so far. */
  to(path: string): LoginRequest[]
  /** The next answers to a path, in order; the last one stays. */
  answer(path: string, ...answers: Answer[]): void
}

type Answer = object | ((request: LoginRequest) => Response | Promise<Response>)

/**
 * In place of OpenAI and of GitHub: their login services, and the models behind a login below `/codex` and `/copilot`. A
 * GitHub of an enterprise has its host name before the path.
 */
export function startLoginVendor(app: App): LoginVendor {
  const requests: LoginRequest[] = []
  const answers = new Map<string, Answer[]>()
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname: path } = new URL(request.url)
      const text = await request.text()
      const isForm = request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded")
      const body = isForm ? Object.fromEntries(new URLSearchParams(text)) : text ? JSON.parse(text) : undefined
      const seen = { path, headers: request.headers, body }
      requests.push(seen)
      const queue = answers.get(path) ?? []
      const answer = queue.length > 1 ? queue.shift() : queue[0]
      if (!answer) return Response.json({ error: `nothing at ${path}` }, { status: 500 })
      return typeof answer === "function" ? answer(seen) : Response.json(answer)
    },
  })
  const url = `http://127.0.0.1:${server.port}`
  replaceLoginEndpoints(app, {
    openai: url,
    codex: `${url}/codex`,
    redirectPort: 0,
    github: (domain) => {
      const base = domain ? `${url}/${domain}` : url
      return { web: base, api: `${base}/api`, copilot: `${base}/copilot` }
    },
    pollPause: 5,
  })
  return {
    url,
    requests,
    to: (path) => requests.filter((request) => request.path === path),
    answer: (path, ...next) => void answers.set(path, next),
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

/** A refusal of a login service. */
export const refuse =
  (status: number, error: string, more: object = {}) =>
  () =>
    Response.json({ error, ...more }, { status })

/** A token with claims, as OpenAI gives them; nobody checks the signature. */
export const tokenWith = (claims: object) =>
  ["{}", JSON.stringify(claims), "signature"].map((part) => Buffer.from(part).toString("base64url")).join(".")

/** A server whose logins go to stand-ins. */
export interface LoginSetup extends AsyncDisposable {
  server: TestServer
  vendor: LoginVendor
  authorize(provider: string, body: object): ReturnType<TestServer["call"]>
  finish(provider: string, body: object): ReturnType<TestServer["call"]>
  /** The file with the credentials. */
  stored(): Promise<unknown>
  /** The ids of the providers that can be used. */
  connected(): Promise<string[]>
}

/** The server's clock. */
export const LOGIN_NOW = 1_800_000_000_000

/** A server over an empty directory whose logins go to stand-ins. */
export async function loginSetup(): Promise<LoginSetup> {
  const server = await testServer({ git: false, now: () => LOGIN_NOW })
  const vendor = startLoginVendor(server.app)
  return {
    server,
    vendor,
    authorize: (provider, body) => server.call("POST", `/provider/${provider}/oauth/authorize`, body),
    finish: (provider, body) => server.call("POST", `/provider/${provider}/oauth/callback`, body),
    stored: async () => {
      const file = Bun.file(join(server.app.paths.data, "auth.json"))
      return (await file.exists()) ? file.json() : undefined
    },
    connected: async () => (await server.call("GET", "/provider")).body.connected,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

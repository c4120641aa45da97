import { join } from "node:path"
import type { App } from "../../src/instance/app"
import { replaceLoginEndpoints } from "../../src/provider/login/endpoints"
import { type TestServer, testServer } from "./server"
import { type StandIn, startStandIn } from "./stand-in"

/**
 * In place of OpenAI and of GitHub: their login services, and the models behind a login below `/codex` and `/copilot`. A
 * GitHub of an enterprise has its host name before the path.
 */
export function startLoginVendor(app: App): StandIn {
  const vendor = startStandIn()
  const { url } = vendor
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
  return vendor
}

/** A token with claims, as OpenAI gives them; nobody checks the signature. */
export const tokenWith = (claims: object) =>
  ["{}", JSON.stringify(claims), "signature"].map((part) => Buffer.from(part).toString("base64url")).join(".")

/** A server whose logins go to stand-ins. */
export interface LoginSetup extends AsyncDisposable {
  server: TestServer
  vendor: StandIn
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

import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { listAuth } from "../auth/auth"
import { errorMessage } from "../base/error"
import { jsonRequest } from "../base/json-request"
import type { App } from "../instance/app"
import { isPlainObject, mergeObjects } from "./merge"
import { REMOTE_TIMEOUT, type RemoteSource } from "./remote-config"
import { substitute } from "./substitute"

const Login = Type.Object({ command: Type.Array(Type.String(), { minItems: 1 }), env: Type.String({ minLength: 1 }) })
const Further = Type.Object({
  url: Type.String(),
  headers: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})

/** A login to an organization by the address where it publishes its configuration. */
export interface WellKnownEntry {
  /** Without a slash at the end. */
  address: string
  /** The variable that stands for the token in configurations. */
  key: string
  token: string
}

/** The stored ones. Never throws: credentials that cannot be read are told of where they are used. */
export async function listWellKnown(app: App): Promise<WellKnownEntry[]> {
  try {
    return Object.entries(await listAuth(app)).flatMap(([id, auth]) =>
      auth.type === "wellknown" ? [{ address: withoutSlash(id), key: auth.key, token: auth.token }] : [],
    )
  } catch (error) {
    app.log.warn("No configuration is fetched", { reason: errorMessage(error) })
    return []
  }
}

/** The configuration that an organization publishes: beside its document, or where that says. */
export function wellKnownSource(app: App, { address }: WellKnownEntry, env: App["env"]): RemoteSource {
  const url = shownURL(address)
  return {
    owner: address,
    name: address,
    url,
    env,
    async fetch() {
      const { config, remote_config } = await fetchDocument(app, address)
      const further = Value.Check(Further, remote_config) ? await fetchFurther(app, remote_config, { url, env }) : {}
      return { ...mergeObjects(isPlainObject(config) ? config : {}, further) }
    },
  }
}

/**
 * How to log in to the organization at an address: the command that prints the token, and the variable that stands for it.
 * Throws when the address does not tell.
 */
export async function fetchWellKnownLogin(app: App, address: string): Promise<{ command: string[]; env: string }> {
  const { auth } = await fetchDocument(app, address)
  if (!Value.Check(Login, auth)) throw new Error(`${shownURL(address)} does not tell how to log in`)
  return auth
}

/** The address as entries are named by it. */
export const withoutSlash = (address: string) => address.replace(/\/+$/, "")

const documentURL = (address: string) => `${withoutSlash(address)}/.well-known/opencode`

/** For messages: an address may have been stored with a password. */
function shownURL(address: string): string {
  const url = URL.parse(documentURL(address))
  return url ? `${url.origin}${url.pathname}` : address
}

/** The first request holds no secret: it may be sent on to where the organization has its pages. */
const fetchDocument = (app: App, address: string) => fetchObject(app, documentURL(address), { mayRedirect: true })

async function fetchFurther(
  app: App,
  { url, headers = {} }: { url: string; headers?: Record<string, unknown> },
  place: { url: string; env: App["env"] },
): Promise<object> {
  const texts = Object.fromEntries(Object.entries(headers).filter(([, value]) => typeof value === "string"))
  const context = { path: place.url, directory: app.paths.config, home: app.paths.home, env: place.env }
  const { value } = await substitute({ url, headers: texts }, context)
  if (!Value.Check(Filled, value)) return {}
  const found = await fetchObject(app, value.url, { headers: value.headers })
  return isPlainObject(found.config) ? found.config : found
}

const Filled = Type.Object({ url: Type.String(), headers: Type.Record(Type.String(), Type.String()) })

async function fetchObject(
  app: App,
  url: string,
  request: { headers?: Record<string, string>; mayRedirect?: boolean },
): Promise<Record<string, unknown>> {
  const parsed = URL.parse(url)
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new Error("The address does not begin with https://")
  const { status, body } = await jsonRequest(url, {
    ...request,
    headers: { "user-agent": `opencode/${app.version}`, ...request.headers },
    timeout: REMOTE_TIMEOUT,
  })
  if (status !== 200) throw new Error(`${parsed.host} answered with status ${status}`)
  if (!isPlainObject(body)) throw new Error(`The answer of ${parsed.host} is no JSON object`)
  return body
}

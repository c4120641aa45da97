import { join } from "node:path"
import { type Static, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { errorMessage } from "../base/error"
import { createLock } from "../base/lock"
import { readPrivateFile, writePrivateFile } from "../base/private-file"
import type { App } from "../instance/app"

const Tokens = Type.Object({
  accessToken: Type.String(),
  refreshToken: Type.Optional(Type.String()),
  /** Epoch seconds. */
  expiresAt: Type.Optional(Type.Number()),
  scope: Type.Optional(Type.String()),
  /** The authorization server that they are from, and that alone may get the refresh token. */
  issuer: Type.Optional(Type.String()),
})

const ClientInfo = Type.Object({
  clientId: Type.String(),
  clientSecret: Type.Optional(Type.String()),
  /** Epoch seconds. */
  clientIdIssuedAt: Type.Optional(Type.Number()),
  /** Epoch seconds; 0 for never. */
  clientSecretExpiresAt: Type.Optional(Type.Number()),
  issuer: Type.Optional(Type.String()),
  /** The address that the client was registered with. */
  redirectUri: Type.Optional(Type.String()),
})

const McpAuth = Type.Object({
  tokens: Type.Optional(Tokens),
  clientInfo: Type.Optional(ClientInfo),
  serverUrl: Type.Optional(Type.String()),
})

/** What is stored for one server. The form of the file is that of the vendor's, so that a login done there counts here. */
export type McpAuth = Static<typeof McpAuth>

const Entries = Type.Record(Type.String(), Type.Unknown())
const lock = createLock()

/**
 * What is stored for the server of that name at that address. A stored login is for one address: another one under the
 * same name, which a foreign checkout may configure, gets nothing.
 */
export async function findMcpAuth(app: App, name: string, url: string): Promise<McpAuth> {
  const entries = await readEntries(app)
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined
  return Value.Check(McpAuth, entry) && entry.serverUrl === url ? entry : {}
}

/** Changes what is stored for a server; `change` gets what there is. */
export function updateMcpAuth(app: App, name: string, url: string, change: (auth: McpAuth) => McpAuth): Promise<void> {
  return lock(async () => {
    const known = await findMcpAuth(app, name, url)
    const entries = Object.entries(await readEntries(app)).filter(([key]) => key !== name)
    await writeEntries(app, [...entries, [name, { ...change(known), serverUrl: url }]])
  })
}

/** Forgets all about a server; that there is nothing is no error. */
export function removeMcpAuth(app: App, name: string): Promise<void> {
  return lock(async () => {
    const entries = Object.entries(await readEntries(app))
    const left = entries.filter(([key]) => key !== name)
    if (left.length < entries.length) await writeEntries(app, left)
  })
}

const authFile = (app: App) => join(app.paths.data, "mcp-auth.json")

const writeEntries = (app: App, entries: [string, unknown][]) =>
  writePrivateFile(authFile(app), JSON.stringify(Object.fromEntries(entries), undefined, 2))

async function readEntries(app: App): Promise<Record<string, unknown>> {
  const path = authFile(app)
  const text = await readPrivateFile(path).catch((error) => {
    throw new Error(`The stored logins in ${path} cannot be read: ${errorMessage(error)}`)
  })
  if (text === undefined) return {}
  const value = parse(text)
  if (!Value.Check(Entries, value)) throw new Error(`The stored logins in ${path} are not a JSON object of servers`)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message may quote the text, which holds keys.
    return undefined
  }
}

import { join } from "node:path"
import { Type } from "@sinclair/typebox"
import { errorMessage, WireError } from "../base/error"
import { createLock } from "../base/lock"
import { readPrivateFile, writePrivateFile } from "../base/private-file"
import { cleanValue, firstProblem } from "../base/schema-problem"
import type { App } from "../instance/app"
import { Auth } from "../schema/auth"

const Entries = Type.Record(Type.String(), Type.Unknown())
const lock = createLock()

/**
 * The stored credentials by provider id. Entries that this version does not understand are left out. Reads the file each
 * time, so that what another program stored counts at once; `OPENCODE_AUTH_CONTENT` replaces the file. Throws 500 when
 * either is not JSON.
 */
export async function listAuth(app: App): Promise<Record<string, Auth>> {
  const entries = await readEntries(app)
  return Object.fromEntries(
    Object.entries(entries).flatMap(([id, entry]) =>
      firstProblem(Auth, entry) ? [] : [[id, cleanValue(Auth, entry) as Auth]],
    ),
  )
}

/** The credential of one provider. */
export async function findAuth(app: App, providerID: string): Promise<Auth | undefined> {
  const all = await listAuth(app)
  return Object.hasOwn(all, providerID) ? all[providerID] : undefined
}

/** Stores the credential of a provider, in place of a former one. */
export function setAuth(app: App, providerID: string, auth: Auth): Promise<void> {
  return lock(async () => {
    const entries = await readFileEntries(app)
    await write(app, { ...entries, [nameOf(providerID)]: auth })
  })
}

/** Stores a credential in place of exactly this former one: what was stored or removed meanwhile stays as it is. */
export function renewAuth(app: App, providerID: string, former: Auth, auth: Auth): Promise<void> {
  return lock(async () => {
    const entries = await readFileEntries(app)
    const known = Object.hasOwn(entries, providerID) ? entries[providerID] : undefined
    if (Bun.deepEquals(cleanValue(Auth, known), former)) await write(app, { ...entries, [providerID]: auth })
  })
}

/** Forgets the credential of a provider; that there is none is no error. */
export function removeAuth(app: App, providerID: string): Promise<void> {
  return lock(async () => {
    const entries = await readFileEntries(app)
    const left = Object.entries(entries).filter(([id]) => id !== providerID && id !== nameOf(providerID))
    if (left.length < Object.keys(entries).length) await write(app, Object.fromEntries(left))
  })
}

const authFile = (app: App) => join(app.paths.data, "auth.json")

/** Well-known entries are named by an address, with or without a slash at the end. */
const nameOf = (providerID: string) => providerID.replace(/\/+$/, "")

async function readEntries(app: App): Promise<Record<string, unknown>> {
  const text = app.env.OPENCODE_AUTH_CONTENT
  return text ? parseEntries(text, "OPENCODE_AUTH_CONTENT") : readFileEntries(app)
}

async function readFileEntries(app: App): Promise<Record<string, unknown>> {
  const path = authFile(app)
  const text = await readPrivateFile(path).catch((error) => {
    throw unusable(path, errorMessage(error))
  })
  return text?.trim() ? parseEntries(text, path) : {}
}

function parseEntries(text: string, place: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's message may quote the text, which holds keys.
    throw unusable(place, "it is not valid JSON")
  }
  if (firstProblem(Entries, value)) throw unusable(place, "it must hold an object of credentials by provider id")
  return value as Record<string, unknown>
}

const unusable = (place: string, reason: string) => {
  const message = `The stored credentials in ${place} cannot be read: ${reason}`
  return new WireError(500, { name: "UnknownError", data: { message } }, message)
}

const write = (app: App, entries: Record<string, unknown>) =>
  writePrivateFile(authFile(app), JSON.stringify(entries, undefined, 2))

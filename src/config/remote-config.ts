import { createHash } from "node:crypto"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { errorMessage } from "../base/error"
import { isTooDeep } from "../base/json-depth"
import { readPrivateFile, writePrivateFile } from "../base/private-file"
import type { App } from "../instance/app"
import type { Config } from "../schema/config"
import { parseConfig } from "./load-file"

/** Milliseconds for each request: the first one of a directory waits for it. */
export const REMOTE_TIMEOUT = 5_000

/** A configuration that is not on this machine. */
export interface RemoteSource {
  /** Whose it is: the last one that was fetched is kept for each. */
  owner: string
  /** Which of the owner's it is. */
  name: string
  /** Where it is, for messages. */
  url: string
  /** What `{env:NAME}` in it means. */
  env: App["env"]
  /** Gets it; undefined when there is none. Throws when that is not known. */
  fetch(): Promise<Record<string, unknown> | undefined>
}

const Kept = Type.Object({ name: Type.String(), config: Type.Record(Type.String(), Type.Unknown()) })

/**
 * Fetches a configuration and keeps it. While its place does not answer, or answers with what is no configuration, the last one
 * counts, if there is any, and the log tells so. Never throws: a place far away must not make this server useless.
 */
export async function loadRemoteConfig(app: App, source: RemoteSource): Promise<Config | undefined> {
  try {
    const found = await source.fetch()
    const config = found && (await parse(app, source, found))
    await keep(app, source, found)
    return config
  } catch (error) {
    const { url } = source
    app.log.warn("A configuration could not be fetched; the last one counts", { url, reason: errorMessage(error) })
    return lastOne(app, source)
  }
}

/** Forgets what was kept for an owner. */
export const forgetRemoteConfig = (app: App, owner: string): Promise<void> => rm(keptFile(app, owner), { force: true })

async function lastOne(app: App, source: RemoteSource): Promise<Config | undefined> {
  try {
    const kept: unknown = JSON.parse((await readPrivateFile(keptFile(app, source.owner))) ?? "null")
    return Value.Check(Kept, kept) && kept.name === source.name ? await parse(app, source, kept.config) : undefined
  } catch (error) {
    const { url } = source
    app.log.warn("The configuration that was fetched last is of no use", { url, reason: errorMessage(error) })
    return undefined
  }
}

function parse(app: App, { url, env }: RemoteSource, found: Record<string, unknown>): Promise<Config> {
  if (isTooDeep(found)) throw new Error("It is nested too deeply")
  // Relative paths in it can only mean the user's own files.
  return parseConfig({ paths: app.paths, env }, JSON.stringify(found), url, app.paths.config)
}

/** As it was fetched: what is inserted into it is not written anywhere. */
async function keep(app: App, { owner, name, url }: RemoteSource, config: Record<string, unknown> | undefined) {
  try {
    if (config) await writePrivateFile(keptFile(app, owner), JSON.stringify({ name, config }))
    else await forgetRemoteConfig(app, owner)
  } catch (error) {
    app.log.warn("A configuration could not be kept", { url, reason: errorMessage(error) })
  }
}

const keptFile = (app: App, owner: string) =>
  join(app.paths.cache, "remote-config", `${createHash("sha256").update(owner).digest("hex").slice(0, 32)}.json`)

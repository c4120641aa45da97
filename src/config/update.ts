import { randomBytes } from "node:crypto"
import { chmod, mkdir, rename, rm, stat } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { applyEdits, modify } from "jsonc-parser"
import { badRequest } from "../base/error"
import { createLock } from "../base/lock"
import { contains, realPath } from "../base/path"
import { firstProblem, problemText } from "../base/schema-problem"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import { Config } from "../schema/config"
import { forgetConfigs, getConfig, getGlobalConfig, globalConfigFiles, projectConfigFiles } from "./config"
import { projectDirectories } from "./directories"
import { configUnusable } from "./error"
import { parseConfig, parseJson } from "./load-file"
import { isPlainObject } from "./merge"
import { readText } from "./read-text"
import { announceConfig, reloadConfigs } from "./reload"

const EMPTY = `{
  "$schema": "https://opencode.ai/config.json"
}
`
const FORMAT = { insertSpaces: true, tabSize: 2 }
/** One change at a time: two at once would overwrite each other. */
const lock = createLock()

/**
 * Merges `patch` into the project's `opencode.json` (or `.jsonc`; the nearest one, else a new one in the directory),
 * keeping its comments. A null removes a key. The new configuration holds at once, for running sessions too; clients hear
 * `server.instance.disposed` and ask for everything again. Answers it. Throws 400 for a patch or a result that is invalid.
 */
export function updateConfig(instance: Instance, patch: unknown): Promise<Config> {
  const { app, directory } = instance
  return lock(async () => {
    const checked = checkPatch(patch)
    const directories = projectDirectories(instance)
    const path = (await lastExisting(directories.flatMap(projectConfigFiles))) ?? join(directory, "opencode.json")
    if (!contains(await realPath(directories[0] ?? directory), await realPath(path)))
      throw configUnusable(path, "is a link to a file outside of the project")
    await patchFile(app, path, checked)
    await forgetConfigs(app)
    const config = await getConfig(instance)
    announceConfig(instance)
    return config
  })
}

/**
 * Merges `patch` into the user's own configuration in the same way (a new file is `opencode.jsonc`). If it changed
 * something, every directory that is open hears of it, and `global.disposed` follows.
 */
export function updateGlobalConfig(app: App, patch: unknown): Promise<Config> {
  return lock(async () => {
    const checked = checkPatch(patch)
    const path = (await lastExisting(globalConfigFiles(app))) ?? join(app.paths.config, "opencode.jsonc")
    if (await patchFile(app, path, checked)) await reloadConfigs(app)
    return getGlobalConfig(app)
  })
}

function checkPatch(patch: unknown): Record<string, unknown> {
  const problem = firstProblem(Config, withoutNulls(patch))
  if (problem) throw badRequest(problemText(problem), "Payload")
  // Only objects fit the schema.
  return isPlainObject(patch) ? patch : {}
}

/** Answers whether there was anything to change. */
async function patchFile(app: App, path: string, patch: Record<string, unknown>): Promise<boolean> {
  const former = await readText(path)
  const text = former?.trim() ? former : EMPTY
  const known = Object.entries(patch).filter(([key]) => Object.hasOwn(Config.properties, key))
  const changed = mergeInto(text, parseJson(text, path), Object.fromEntries(known), [])
  if (changed === text) return false
  await parseConfig(app, changed, path)
  await writeAtomic(path, changed)
  return true
}

function mergeInto(text: string, current: unknown, patch: Record<string, unknown>, at: string[]): string {
  let merged = text
  for (const [key, value] of Object.entries(patch)) {
    const path = [...at, key]
    const known = isPlainObject(current) && Object.hasOwn(current, key) ? current[key] : undefined
    if (isPlainObject(value) && isPlainObject(known)) merged = mergeInto(merged, known, value, path)
    else if (value === null ? known !== undefined : !Bun.deepEquals(value, known))
      merged = applyEdits(merged, modify(merged, path, withoutNulls(value), { formattingOptions: FORMAT }))
  }
  return merged
}

/** The value without the keys whose value is null; null itself becomes undefined, which removes the key. */
function withoutNulls(value: unknown): unknown {
  if (value === null) return undefined
  if (!isPlainObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === null ? [] : [[key, withoutNulls(each)]])),
  )
}

async function lastExisting(paths: string[]): Promise<string | undefined> {
  const exist = await Promise.all(paths.map((path) => Bun.file(path).exists()))
  return paths.findLast((_, index) => exist[index])
}

/** Readers see the old text or the new one, never half of it. A link stays a link, the mode stays as it was. */
async function writeAtomic(path: string, text: string): Promise<void> {
  const target = await realPath(path)
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}`)
  await mkdir(dirname(target), { recursive: true })
  try {
    await Bun.write(draft, text)
    const former = await stat(target).catch(() => undefined)
    if (former) await chmod(draft, former.mode & 0o777)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

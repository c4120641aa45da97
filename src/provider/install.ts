import { randomBytes } from "node:crypto"
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { badRequest } from "../base/error"
import { createLock } from "../base/lock"
import type { App } from "../instance/app"
import { appState } from "../instance/state"
import { childEnvironment } from "../process/child-environment"
import { redactText } from "./redact"

const TIMEOUT = 180_000
const MAX_REASON = 600
/** Versions younger than this are passed over: most that turn out malicious are taken down before. Seconds. */
const RELEASE_AGE = 3 * 24 * 3600

/** Settings of the directory itself: the package manager must not look for others further up. */
const BUNFIG = `[install]
exact = true
linker = "hoisted"
minimumReleaseAge = ${RELEASE_AGE}
`

const locks = appState(() => createLock())

/** `NAME`, `@SCOPE/NAME`, each with `@VERSION` and a path inside the package. No addresses, files or repositories. */
const SPEC = /^((?:@[a-z\d~-][\w.~-]*\/)?[a-z\d~-][\w.~-]*)(?:@([\w.+^~-]+))?((?:\/[a-z\d_-][\w.-]*)*)$/i

/** Whether a text names a package of the registry, so that `importPackage` can be asked for it. */
export const isPackageName = (spec: string): boolean => SPEC.test(spec)

/**
 * Imports a package that is not part of the program. It is installed on first use below the cache directory, without its
 * install scripts, one at a time; after that the network is not needed. This runs the package's code: the caller decides
 * whether the name may be trusted. Throws 400 with what went wrong.
 */
export async function importPackage(app: App, spec: string): Promise<Record<string, unknown>> {
  const [, name, version = "latest", path = ""] = SPEC.exec(spec) ?? []
  if (!name) throw badRequest(`${JSON.stringify(spec)} is not the name of a package`)
  const home = join(app.paths.cache, "packages", `${name.replace("/", "+")}@${version}`)
  if (!(await isInstalled(home, name))) {
    await locks(app)(async () => {
      if (!(await isInstalled(home, name))) await install(app, { name, version, home })
    })
  }
  try {
    return await import(pathToFileURL(Bun.resolveSync(name + path, home)).href)
  } catch (error) {
    throw badRequest(`The package ${spec} was installed but cannot be loaded: ${shortened(String(error))}`)
  }
}

const isInstalled = (home: string, name: string) =>
  stat(join(home, "node_modules", name, "package.json")).then(
    (found) => found.isFile(),
    () => false,
  )

/** Installs aside and renames, so that the directory is whole or not there, also for other servers with the same cache. */
async function install(
  app: App,
  { name, version, home }: { name: string; version: string; home: string },
): Promise<void> {
  const aside = `${home}.${randomBytes(6).toString("hex")}`
  const downloads = join(aside, "downloads")
  app.log.info("A provider package is installed", { name, version })
  try {
    await mkdir(aside, { recursive: true })
    await writeFile(join(aside, "package.json"), '{ "private": true }\n')
    await writeFile(join(aside, "bunfig.toml"), BUNFIG)
    const result = await app.processes.run({
      // The program itself is the package manager when it is asked to be.
      command: [process.execPath, "add", "--exact", "--ignore-scripts", "--no-progress", `${name}@${version}`],
      cwd: aside,
      env: { ...childEnvironment(app.env), BUN_BE_BUN: "1", BUN_INSTALL_CACHE_DIR: downloads },
      timeout: TIMEOUT,
      maxOutput: 64 * 1024,
    })
    if (result.ended === "timeout") throw badRequest(`The package ${name} was not installed within ${TIMEOUT / 1000} s`)
    if (result.code !== 0 || !(await isInstalled(aside, name)))
      throw badRequest(`The package ${name}@${version} cannot be installed: ${reasonOf(result.stderr)}`)
    await rm(downloads, { recursive: true, force: true })
    await rename(aside, home).catch(async (error) => {
      // Another server was faster.
      if (!(await isInstalled(home, name))) throw error
    })
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

function reasonOf(stderr: string): string {
  const errors = stderr.split("\n").filter((line) => /^error\b/.test(line))
  return shortened((errors.length > 0 ? errors.join("; ") : stderr).trim() || "the package manager failed")
}

const shortened = (text: string) => redactText(text.replace(/\s+/g, " ").slice(0, MAX_REASON))

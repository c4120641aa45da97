import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createLog } from "../../src/base/log"
import type { App } from "../../src/instance/app"
import { type Instance, openInstance } from "../../src/instance/instance"
import { closeApp, openApp } from "../../src/instance/open-app"

export interface TestInstance {
  app: App
  instance: Instance
  /** Lines of the log so far. */
  log: string[]
  [Symbol.asyncDispose](): Promise<void>
}

/** An instance of an empty directory outside of git, with its own home, for tests below the front door. */
export async function testInstance(
  options: { config?: object; env?: Record<string, string>; now?: () => number } = {},
): Promise<TestInstance> {
  const root = await mkdtemp(join(tmpdir(), "instance-"))
  const directory = join(root, "project")
  await Bun.write(join(directory, "opencode.json"), JSON.stringify(options.config ?? {}))
  const log: string[] = []
  const path = (name: string) => join(root, name)
  const app = await openApp({
    version: "1.2.3",
    env: { OPENCODE_DISABLE_MODELS_FETCH: "1", ...options.env },
    directory,
    paths: {
      home: path("home"),
      config: path("config"),
      data: path("data"),
      state: path("state"),
      cache: path("cache"),
      temp: path("temp"),
    },
    log: createLog("DEBUG", (line) => log.push(line)),
    database: ":memory:",
    ...(options.now && { now: options.now }),
  })
  return {
    app,
    instance: await openInstance(app, directory),
    log,
    async [Symbol.asyncDispose]() {
      await closeApp(app)
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** Writes a file below one of the app's directories. */
export async function writeState(app: App, where: keyof App["paths"], name: string, content: string): Promise<void> {
  await Bun.write(join(app.paths[where], name), "")
  await writeFile(join(app.paths[where], name), content)
}

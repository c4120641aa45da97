import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createLog } from "../../src/base/log"
import type { Published } from "../../src/instance/event"
import { openInstance } from "../../src/instance/instance"
import { closeApp, openApp } from "../../src/instance/open-app"

export interface ProjectSetup {
  /** Text by path, in the project and in the home directory. */
  files?: Record<string, string>
  homeFiles?: Record<string, string>
  env?: Record<string, string>
  /** Whether the project is a git repository (without a commit). Default: true. */
  git?: boolean
  /** The directory inside of the project that is opened. */
  directory?: string
  now?: () => number
}

/** A real app with a home of its own, and the instance of a project with these files. Everything is gone afterwards. */
export async function testProject({ files = {}, homeFiles = {}, env = {}, git = true, ...rest }: ProjectSetup = {}) {
  const root = await realpath(await mkdtemp(join(tmpdir(), "project-")))
  const home = join(root, "home")
  const project = join(root, "project")
  await Promise.all([writeAll(project, files), writeAll(home, homeFiles)])
  if (git) Bun.spawnSync(["git", "init", "-q", project])
  const lines: string[] = []
  const app = await openApp({
    version: "1.2.3",
    env: { PATH: process.env.PATH, ...env },
    directory: project,
    paths: {
      home,
      config: join(home, ".config/opencode"),
      data: join(home, ".local/share/opencode"),
      state: join(home, ".local/state/opencode"),
      cache: join(home, ".cache/opencode"),
      temp: join(root, "tmp/opencode"),
    },
    log: createLog("DEBUG", (line) => lines.push(line)),
    database: ":memory:",
    ...(rest.now && { now: rest.now }),
  })
  const heard: Published[] = []
  app.bus.subscribe((published) => heard.push(published))
  return {
    app,
    instance: await openInstance(app, join(project, rest.directory ?? "")),
    root,
    home,
    project,
    /** The lines of the log so far. */
    lines,
    /** What was published with this type: directory of the envelope, and properties. */
    heard: (type: string) =>
      heard
        .filter(({ event }) => event.type === type)
        .map(({ directory, event }) => ({ directory, properties: event.properties })),
    text: (path: string) => Bun.file(join(project, path)).text(),
    async [Symbol.asyncDispose]() {
      await closeApp(app)
      await rm(root, { recursive: true, force: true })
    },
  }
}

async function writeAll(directory: string, files: Record<string, string>) {
  await mkdir(directory, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), text)
  }
}

import { realpathSync } from "node:fs"
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createLog } from "../../src/base/log"
import type { App } from "../../src/instance/app"
import type { Published } from "../../src/instance/event"
import { openInstance } from "../../src/instance/instance"
import { closeApp, openApp } from "../../src/instance/open-app"
import type { EventProperties, EventType } from "../../src/schema/event"

export const DEMO = {
  "README.md": "# Demo\n\nA demo project.\n",
  ".gitignore": "node_modules\n*.log\n",
  "a.txt": "alpha\nbeta\ngamma\n",
  "src/index.ts": "export const one = 1\n",
  "docs/guide.md": "# Guide\n\nSay hello.\n",
}

export interface RepositorySetup {
  files?: Record<string, string>
  /** Shell lines that run in the project before it is opened. Default: a repository with one commit on `main`. */
  prepare?: string
}

/** A real app with a home of its own, and the instance of a project with these files. Everything is gone afterwards. */
export async function testRepository({ files = DEMO, prepare = COMMITTED }: RepositorySetup = {}) {
  const root = await realpath(await mkdtemp(join(tmpdir(), "repository-test-")))
  const home = join(root, "home")
  const project = join(root, "project")
  await mkdir(home)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, name)), { recursive: true })
    await writeFile(join(project, name), text)
  }
  shell(project, prepare)
  const lines: string[] = []
  const app: App = await openApp({
    version: "1.2.3",
    env: { PATH: process.env.PATH, HOME: home },
    directory: project,
    paths: {
      home,
      config: join(home, ".config"),
      data: join(home, ".data"),
      state: join(home, ".state"),
      cache: join(home, ".cache"),
      temp: join(root, "tmp"),
    },
    log: createLog("DEBUG", (line) => lines.push(line)),
    database: ":memory:",
  })
  const heard: Published[] = []
  const stop = app.bus.subscribe((published) => heard.push(published))
  return {
    app,
    root,
    project,
    instance: await openInstance(app, project),
    /** The log so far. */
    log: () => lines.join(""),
    sh: (line: string) => shell(project, line),
    /** Text of a file, null when it is not there. */
    read: async (path: string) => {
      const file = Bun.file(join(project, path))
      return (await file.exists()) ? file.text() : null
    },
    /** Properties of the events of these types so far. */
    heard: (...types: EventType[]) => heard.filter(({ event }) => types.includes(event.type)).map(({ event }) => event),
    /** Settles with the next event of the type. */
    next: <T extends EventType>(type: T): Promise<{ directory?: string; properties: EventProperties<T> }> =>
      new Promise((resolve) => {
        const end = app.bus.subscribe(({ event, directory }) => {
          if (event.type !== type) return
          end()
          resolve({ ...(directory && { directory }), properties: event.properties as EventProperties<T> })
        })
      }),
    async [Symbol.asyncDispose]() {
      stop()
      await closeApp(app)
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** What makes the project a repository with one commit. */
export const COMMITTED = "git init -q -b main . && git add -A && git commit -q -m initial"

/** Runs shell lines in a temporary directory, and nowhere else. Throws when they fail. */
export function shell(directory: string, lines: string): string {
  if (!directory.startsWith(`${realpathSync(tmpdir())}/`)) throw new Error(`Not a temporary directory: ${directory}`)
  const env = {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    GIT_AUTHOR_NAME: "Ann",
    GIT_AUTHOR_EMAIL: "ann@example.org",
    GIT_COMMITTER_NAME: "Ann",
    GIT_COMMITTER_EMAIL: "ann@example.org",
  }
  const result = Bun.spawnSync(["sh", "-ec", lines], { cwd: directory, env, stdout: "pipe", stderr: "pipe" })
  if (result.exitCode !== 0) throw new Error(`${lines}: ${result.stderr}`)
  return result.stdout.toString()
}

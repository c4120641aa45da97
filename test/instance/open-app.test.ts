import { afterEach, beforeEach, expect, spyOn, test } from "bun:test"
import { mkdir, mkdtemp, realpath, rename, rm, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createLog } from "../../src/base/log"
import { disposeAll, openInstance } from "../../src/instance/instance"
import { closeApp, openApp } from "../../src/instance/open-app"

let root: string
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "app-")))
})
afterEach(() => rm(root, { recursive: true }))

const options = (directory = root) => ({
  version: "1.2.3",
  env: { PATH: process.env.PATH },
  directory,
  paths: Object.fromEntries(
    ["home", "config", "data", "state", "cache", "temp"].map((name) => [name, join(root, name)]),
  ) as Record<"home" | "config" | "data" | "state" | "cache" | "temp", string>,
  log: createLog("WARN", (line) => process.stderr.write(line)),
})

test("opens the database in the data directory, and a directory as one instance however it is spelled", async () => {
  await symlink(root, join(root, "link"))
  const app = await openApp(options(join(root, "link")))
  expect(app.directory).toBe(root)
  expect(await Bun.file(join(root, "data", "server.db")).exists()).toBe(true)
  const events: string[] = []
  app.bus.subscribe(({ event, directory }) => events.push(`${directory} ${event.type}`))
  const instances = await Promise.all([openInstance(app, ""), openInstance(app, "link/link"), openInstance(app, root)])
  expect(new Set(instances).size).toBe(1)
  expect(events).toEqual(["global project.updated"])
  await disposeAll(app)
  await closeApp(app)
  expect(events.slice(1)).toEqual([`${root} server.instance.disposed`, "global global.disposed"])
})

test("a directory that has become a link is another instance, a second later at most", async () => {
  const [place, moved] = [join(root, "place"), join(root, "moved")]
  await mkdir(place)
  const app = await openApp(options())
  using clock = spyOn(performance, "now")
  clock.mockReturnValue(0)
  const before = await openInstance(app, place)
  expect(await openInstance(app, place)).toBe(before)
  await rename(place, moved)
  await symlink(moved, place)
  clock.mockReturnValue(1000)
  expect((await openInstance(app, place)).directory).toBe(moved)
  expect(await openInstance(app, "moved")).toBe(await openInstance(app, place))
  await closeApp(app)
})

test("closing ends the children and frees the database for the next", async () => {
  const app = await openApp(options())
  const child = app.processes.spawn({ command: ["sleep", "60"], cwd: root, env: app.env })
  expect(openApp(options())).rejects.toMatchObject({ name: "StoreOpenError", reason: "in-use" })
  await closeApp(app)
  expect(await child.exited).toMatchObject({ ended: "killed" })
  await closeApp(await openApp(options()))
})

import { afterAll, afterEach, beforeEach, expect, test } from "bun:test"
import { cp, mkdir, mkdtemp, realpath, rename, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createLog } from "../../src/base/log"
import { createSupervisor } from "../../src/process/spawn"
import type { SpawnOptions, Supervisor } from "../../src/process/supervisor"
import { openProject } from "../../src/project/project"
import type { Project } from "../../src/schema/project"
import { openStore } from "../../src/store/sqlite"
import type { Store } from "../../src/store/store"

const supervisor = createSupervisor(createLog("ERROR", (line) => process.stderr.write(line)))
const env = { PATH: process.env.PATH }
const author = { GIT_AUTHOR_NAME: "A", GIT_AUTHOR_EMAIL: "a@b", GIT_COMMITTER_NAME: "A", GIT_COMMITTER_EMAIL: "a@b" }
let home: string
let store: Store
let time: number
let calls: string[][]
let context: Parameters<typeof openProject>[0]

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), "project-")))
  store = await openStore(":memory:", { now: Date.now })
  time = 1000
  calls = []
  const processes: Supervisor = {
    ...supervisor,
    run(options: SpawnOptions) {
      calls.push(options.command)
      return supervisor.run(options)
    },
  }
  context = { store, processes, env: { ...env, HOME: home }, now: () => ++time }
})
afterEach(async () => {
  await store.close()
  await rm(home, { recursive: true })
})
afterAll(() => supervisor.dispose())

async function git(cwd: string, ...args: string[]) {
  const result = await supervisor.run({ command: ["git", ...args], cwd, env: { ...env, ...author, HOME: home } })
  if (result.code !== 0) throw new Error(`git ${args.join(" ")}: ${result.stderr}`)
  return new TextDecoder().decode(result.stdout).trim()
}
async function repository(name: string) {
  const directory = join(home, name)
  await mkdir(join(directory, "src"), { recursive: true })
  await git(directory, "init", "-q")
  return directory
}
const commit = (directory: string, message = "first") => git(directory, "commit", "-q", "--allow-empty", "-m", message)
const rootOf = (directory: string) => git(directory, "rev-list", "--max-parents=0", "HEAD")

test("outside of git it is the global project, stored once", async () => {
  const plain = join(home, "plain")
  const project: Project = { id: "global", worktree: "/", sandboxes: [], time: { created: 1001, updated: 1001 } }
  expect(await openProject(context, plain)).toMatchObject({ project, worktree: "/" })
  expect(await openProject(context, join(home, "does", "not", "exist"))).toMatchObject({ project, worktree: "/" })
  expect(await store.listProjects()).toEqual([project])
  expect(await store.lastSeq()).toBe(1)
  expect(calls).toEqual([])
})

test("in a repository its id is the first commit, from any directory below, also one that is not there", async () => {
  const directory = await repository("repo")
  await commit(directory)
  const id = await rootOf(directory)
  await commit(directory, "second")
  const project: Project = {
    id,
    worktree: directory,
    vcs: "git",
    sandboxes: [],
    time: { created: 1001, updated: 1001 },
  }
  expect(await openProject(context, directory)).toMatchObject({ project, worktree: directory })
  expect(await openProject(context, join(directory, "src"))).toMatchObject({ project, worktree: directory })
  expect(await openProject(context, join(directory, "relative", "dir"))).toMatchObject({ project, worktree: directory })
  expect(await store.listProjects()).toEqual([project])
  expect(await store.lastSeq()).toBe(1)
  expect(calls).toHaveLength(1)
})

test("a known repository is recognised by its commit, packed or not, without reading its history", async () => {
  const directory = await repository("repo")
  await commit(directory)
  const { project } = await openProject(context, directory)
  await git(directory, "gc", "-q")
  calls = []
  expect((await openProject(context, directory)).project).toEqual(project)
  expect(calls.map((call) => call[1])).toEqual(["cat-file"])
})

test("another repository at the same place is another project", async () => {
  const directory = await repository("repo")
  await commit(directory, "one")
  const { project } = await openProject(context, directory)
  await rm(directory, { recursive: true })
  await repository("repo")
  await commit(directory, "two")
  const other = await openProject(context, directory)
  expect(other.project.id).toBe(await rootOf(directory))
  expect(other.project.id).not.toBe(project.id)
})

test("worktrees of one repository are one project", async () => {
  const main = await repository("main")
  await commit(main)
  const linked = join(home, "linked")
  await git(main, "worktree", "add", "-q", linked)
  const id = await rootOf(main)
  const fromLinked = await openProject(context, join(linked, "deep"))
  expect([fromLinked.worktree, fromLinked.changed]).toEqual([linked, true])
  expect(fromLinked.project).toMatchObject({ id, worktree: main, sandboxes: [linked] })
  const fromMain = await openProject(context, main)
  expect(fromMain).toEqual({ project: fromLinked.project, worktree: main, changed: false })
  await git(main, "worktree", "remove", linked)
  expect((await openProject(context, main)).project).toMatchObject({ worktree: main, sandboxes: [] })
})

test("clones are one project, and a moved one is found again with its name", async () => {
  const first = await repository("first")
  await commit(first)
  const { project } = await openProject(context, first)
  await store.commit([{ put: "project", data: { ...project, name: "Mine" } }])
  const second = join(home, "second")
  await cp(first, second, { recursive: true })
  const both = await Promise.all([openProject(context, second), openProject(context, first)])
  expect(both.map((each) => each.worktree)).toEqual([second, first])
  expect(await store.findProject(project.id)).toMatchObject({ worktree: first, sandboxes: [second], name: "Mine" })
  await rm(first, { recursive: true })
  const third = join(home, "third")
  await rename(second, third)
  expect((await openProject(context, third)).project).toMatchObject({ worktree: third, sandboxes: [], name: "Mine" })
})

test("a repository without commits is global with its own worktree, until it has one", async () => {
  const directory = await repository("empty")
  const empty = await openProject(context, directory)
  expect(empty).toMatchObject({ project: { id: "global", worktree: directory, vcs: "git" }, worktree: directory })
  expect(await store.listProjects()).toMatchObject([{ id: "global", worktree: "/" }])
  await commit(directory)
  expect((await openProject(context, directory)).project.id).toBe(await rootOf(directory))
})

test("a submodule is a project of its own", async () => {
  const library = await repository("library")
  await commit(library, "library")
  const main = await repository("main")
  await commit(main, "main")
  await git(main, "-c", "protocol.file.allow=always", "submodule", "add", "-q", library, "lib")
  const sub = await openProject(context, join(main, "lib"))
  expect(sub.worktree).toBe(join(main, "lib"))
  expect(sub.project).toMatchObject({ id: await rootOf(library), worktree: join(main, "lib"), sandboxes: [] })
})

test("a .git without HEAD, or pointing nowhere, is none", async () => {
  const fake = join(home, "fake")
  await mkdir(join(fake, ".git"), { recursive: true })
  const broken = join(home, "broken")
  await mkdir(broken)
  await Bun.write(join(broken, ".git"), "gitdir: ../no/where\n")
  expect((await openProject(context, fake)).worktree).toBe("/")
  expect((await openProject(context, broken)).worktree).toBe("/")
})

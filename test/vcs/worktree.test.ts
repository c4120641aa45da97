import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { openInstance } from "../../src/instance/instance"
import { trackSnapshot } from "../../src/snapshot/snapshot"
import { getVcs } from "../../src/vcs/vcs"
import { createWorktree, listWorktrees, removeWorktree, resetWorktree } from "../../src/vcs/worktree"
import { testRepository } from "../helper/repository"

test("is made with a branch of its own, listed, reset and removed", async () => {
  await using repo = await testRepository()
  const { app, instance } = repo
  expect(await listWorktrees(instance)).toEqual([])
  const ready = repo.next("worktree.ready")
  const made = await createWorktree(instance, { name: "My Feature!" })
  const directory = join(app.paths.data, "worktree", instance.project.id, "my-feature")
  expect(made).toEqual({ name: "my-feature", branch: "opencode/my-feature", directory })
  expect(await ready).toEqual({ directory, properties: { name: "my-feature", branch: "opencode/my-feature" } })
  expect(await listWorktrees(instance)).toEqual([directory])

  const own = await openInstance(app, directory)
  expect(own.project.id).toBe(instance.project.id)
  expect(await getVcs(own)).toEqual({ branch: "opencode/my-feature", default_branch: "main" })
  expect(await trackSnapshot(own)).toBe(await trackSnapshot(instance))

  await writeFile(join(directory, "a.txt"), "changed\n")
  await writeFile(join(directory, "new.txt"), "new\n")
  expect(await resetWorktree(instance, directory)).toBe(true)
  expect(await Bun.file(join(directory, "a.txt")).text()).toBe("alpha\nbeta\ngamma\n")
  expect(existsSync(join(directory, "new.txt"))).toBe(false)

  await writeFile(join(directory, "new.txt"), "new\n")
  expect(await removeWorktree(instance, directory)).toBe(true)
  expect(existsSync(directory)).toBe(false)
  expect(own.signal.aborted).toBe(true)
  expect(await listWorktrees(instance)).toEqual([])
  expect(repo.sh("git branch --list").trim()).toBe("* main")
})

test("takes another name when one is taken, and finds one itself", async () => {
  await using repo = await testRepository()
  const names = []
  for (const input of [{ name: "x" }, { name: "x" }, {}, { name: "../.." }])
    names.push((await createWorktree(repo.instance, input)).name)
  expect(names[0]).toBe("x")
  expect(names[1]).toMatch(/^x-[a-z]+-[a-z]+$/)
  expect(names[2]).toMatch(/^[a-z]+-[a-z]+$/)
  expect(names[3]).toMatch(/^[a-z]+-[a-z]+$/)
})

test("start commands run in it", async () => {
  await using repo = await testRepository()
  const ready = repo.next("worktree.ready")
  const { directory } = await createWorktree(repo.instance, { name: "a", startCommand: "echo done > started" })
  await ready
  expect(await Bun.file(join(directory, "started")).text()).toBe("done\n")
  const failed = repo.next("worktree.failed")
  await createWorktree(repo.instance, { name: "b", startCommand: "echo no >&2; exit 3" })
  expect((await failed).properties.message).toBe("The start command failed: no")
})

test("only linked worktrees of the repository are touched", async () => {
  await using repo = await testRepository()
  await writeFile(join(repo.project, "mine.txt"), "mine\n")
  expect(await removeWorktree(repo.instance, "/nonexistent")).toBe(true)
  expect(removeWorktree(repo.instance, repo.project)).rejects.toMatchObject({
    status: 400,
    body: {
      name: "WorktreeRemoveFailedError",
      data: { message: `The main checkout cannot be removed: ${repo.project}` },
    },
  })
  expect(resetWorktree(repo.instance, repo.project)).rejects.toMatchObject({
    status: 400,
    body: { name: "WorktreeResetFailedError" },
  })
  expect(await repo.read("mine.txt")).toBe("mine\n")
})

test("needs git", async () => {
  await using repo = await testRepository({ prepare: "" })
  expect(await listWorktrees(repo.instance)).toEqual([])
  expect(createWorktree(repo.instance, {})).rejects.toMatchObject({ body: { name: "WorktreeNotGitError" } })
})

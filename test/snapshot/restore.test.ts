import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type SnapshotPatch, snapshotPatch } from "../../src/snapshot/diff"
import { restoreSnapshot, revertFiles } from "../../src/snapshot/restore"
import { trackSnapshot } from "../../src/snapshot/snapshot"
import { testRepository } from "../helper/repository"

test("patches are undone back to before the first that names a file", async () => {
  await using repo = await testRepository()
  const patches: SnapshotPatch[] = []
  const step = async (line: string) => {
    const before = (await trackSnapshot(repo.instance)) ?? ""
    repo.sh(line)
    const patch = await snapshotPatch(repo.instance, before)
    if (patch) patches.push(patch)
  }
  await step("echo one > new.txt; echo changed > a.txt")
  await step("echo two > new.txt; rm docs/guide.md; chmod +x src/index.ts")
  await revertFiles(repo.instance, patches)
  expect(repo.sh("git status --short")).toBe("")
  expect(await repo.read("new.txt")).toBeNull()
  expect(await repo.read("docs/guide.md")).toBe("# Guide\n\nSay hello.\n")
})

test("what patches do not name stays as it is", async () => {
  await using repo = await testRepository()
  const before = (await trackSnapshot(repo.instance)) ?? ""
  repo.sh("echo tool > a.txt; echo user > README.md")
  await revertFiles(repo.instance, [{ hash: before, files: [join(repo.project, "a.txt")] }])
  expect([await repo.read("a.txt"), await repo.read("README.md")]).toEqual(["alpha\nbeta\ngamma\n", "user\n"])
})

test("nothing outside of the worktree is touched", async () => {
  await using repo = await testRepository()
  const before = (await trackSnapshot(repo.instance)) ?? ""
  const outside = join(repo.root, "outside")
  repo.sh(`mkdir ${outside}; echo keep > ${outside}/victim; rm -r docs; ln -s ${outside} docs; ln -s ${outside} fresh`)
  const files = [join(outside, "victim"), `${repo.project}/../outside/victim`, join(repo.project, "fresh/victim")]
  await revertFiles(repo.instance, [{ hash: before, files: [...files, join(repo.project, "docs/guide.md")] }])
  expect(await Bun.file(join(outside, "victim")).text()).toBe("keep\n")
  expect(existsSync(join(outside, "guide.md"))).toBe(false)
  expect(await repo.read("docs/guide.md")).toBe("# Guide\n\nSay hello.\n")
})

test("restoring a tree writes only what differs and deletes nothing", async () => {
  await using repo = await testRepository()
  await writeFile(join(repo.project, "untracked.txt"), "mine\n")
  const tree = (await trackSnapshot(repo.instance)) ?? ""
  const untouched = await stat(join(repo.project, "README.md"), { bigint: true })
  repo.sh("echo changed > a.txt; rm untracked.txt; echo later > later.txt")
  await restoreSnapshot(repo.instance, tree)
  const files = await Promise.all(["a.txt", "untracked.txt", "later.txt"].map(repo.read))
  expect(files).toEqual(["alpha\nbeta\ngamma\n", "mine\n", "later\n"])
  expect((await stat(join(repo.project, "README.md"), { bigint: true })).mtimeNs).toBe(untouched.mtimeNs)
})

test("restoring a tree that is gone fails", async () => {
  await using repo = await testRepository()
  await trackSnapshot(repo.instance)
  expect(restoreSnapshot(repo.instance, "1".repeat(40))).rejects.toThrow("git failed")
})

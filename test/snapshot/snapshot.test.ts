import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { mkdir, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { disposeInstance, openInstance } from "../../src/instance/instance"
import { changedFiles, snapshotDiff, snapshotPatch } from "../../src/snapshot/diff"
import { trackSnapshot } from "../../src/snapshot/snapshot"
import { COMMITTED, shell, testRepository } from "../helper/repository"

test("is the git tree of tracked and untracked files, without the ignored ones", async () => {
  await using repo = await testRepository()
  const clean = await trackSnapshot(repo.instance)
  expect(clean).toBe(repo.sh("git rev-parse HEAD^{tree}").trim())

  await writeFile(join(repo.project, "debug.log"), "noise")
  expect(await trackSnapshot(repo.instance)).toBe(clean)

  await writeFile(join(repo.project, "new.txt"), "new\n")
  const withNew = await trackSnapshot(repo.instance)
  expect(withNew).toBe(repo.sh("git add -A && git write-tree && git reset -q").trim())

  repo.sh("rm new.txt")
  expect(await trackSnapshot(repo.instance)).toBe(clean)
})

test("sees a change of the same size at once", async () => {
  await using repo = await testRepository()
  const seen = new Set([await trackSnapshot(repo.instance)])
  for (const text of ["aaaa", "bbbb", "cccc"]) {
    await writeFile(join(repo.project, "a.txt"), text)
    seen.add(await trackSnapshot(repo.instance))
  }
  expect(seen.size).toBe(4)
})

test("maxAge answers an earlier tree without looking", async () => {
  await using repo = await testRepository()
  const first = await trackSnapshot(repo.instance)
  await writeFile(join(repo.project, "a.txt"), "changed\n")
  expect(await trackSnapshot(repo.instance, { maxAge: Number.POSITIVE_INFINITY })).toBe(first)
  expect(await trackSnapshot(repo.instance)).not.toBe(first)
})

test("leaves the user's repository alone", async () => {
  await using repo = await testRepository()
  const before = repo.sh("find .git -type f | sort | xargs cksum")
  await writeFile(join(repo.project, "new.txt"), "new\n")
  await trackSnapshot(repo.instance)
  expect(repo.sh("find .git -type f | sort | xargs cksum")).toBe(before)
})

test("is there again after a restart, and works in a repository without commits", async () => {
  await using fresh = await testRepository({ files: { "a.txt": "one\n" }, prepare: "git init -q ." })
  const first = await trackSnapshot(fresh.instance)
  await disposeInstance(fresh.instance)
  const again = await openInstance(fresh.app, fresh.project)
  expect(await trackSnapshot(again)).toBe(first)
  await writeFile(join(fresh.project, "a.txt"), "two\n")
  const second = await trackSnapshot(again)
  expect(await snapshotDiff(again, first ?? "", second ?? "")).toMatchObject([
    { file: "a.txt", additions: 1, deletions: 1 },
  ])
})

test("there is none outside of git and with snapshot: false", async () => {
  await using plain = await testRepository({ prepare: "" })
  expect(await trackSnapshot(plain.instance)).toBeUndefined()
  await using off = await testRepository({ files: { "opencode.json": '{"snapshot":false}' } })
  expect(await trackSnapshot(off.instance)).toBeUndefined()
  expect(existsSync(join(off.app.paths.data, "snapshot"))).toBe(false)
})

test("without git there is none, and the log says so once", async () => {
  await using repo = await testRepository()
  const app = { ...repo.app, env: { ...repo.app.env, PATH: "/nonexistent" }, instances: new Map() }
  const processes: typeof app.processes = {
    ...app.processes,
    run: () => Promise.reject(new Error("ENOENT: git")),
  }
  const instance = { ...repo.instance, app: { ...app, processes } }
  expect(await trackSnapshot(instance)).toBeUndefined()
  expect(await trackSnapshot(instance)).toBeUndefined()
  expect(repo.log().match(/No snapshot could/g)).toHaveLength(1)
})

test("large untracked files, nested repositories and unreadable files do not stop it", async () => {
  await using repo = await testRepository()
  const before = await trackSnapshot(repo.instance)
  await writeFile(join(repo.project, "large.bin"), new Uint8Array(3 * 1024 * 1024))
  await mkdir(join(repo.project, "nested"))
  shell(join(repo.project, "nested"), "git init -q . && echo x > inside.txt")
  await symlink("/etc/hostname", join(repo.project, "link"))
  await writeFile(join(repo.project, "new.txt"), "new\n")
  repo.sh("mkfifo pipe; rm a.txt; mkdir a.txt; echo deep > a.txt/deep")
  const after = await trackSnapshot(repo.instance)
  const files = await changedFiles(repo.instance, before ?? "", after ?? "")
  expect(files.map((file) => file.slice(repo.project.length + 1))).toEqual(["a.txt", "a.txt/deep", "link", "new.txt"])
})

test("keeps bytes as they are, whatever .gitattributes and the user's settings say", async () => {
  await using repo = await testRepository({
    files: { ".gitattributes": "* text=auto eol=lf\n*.ident ident\n", "crlf.txt": "one\n", "x.ident": "$Id$\n" },
    prepare: `${COMMITTED}\ngit config core.autocrlf true`,
  })
  const bytes = "one\r\ntwo\r\n"
  await writeFile(join(repo.project, "crlf.txt"), bytes)
  const before = await trackSnapshot(repo.instance)
  await writeFile(join(repo.project, "crlf.txt"), "gone")
  const { restoreSnapshot } = await import("../../src/snapshot/restore")
  await restoreSnapshot(repo.instance, before ?? "")
  expect(await repo.read("crlf.txt")).toBe(bytes)
  expect(await repo.read("x.ident")).toBe("$Id$\n")
})

test("a patch names the files by absolute path, and nothing when nothing changed", async () => {
  await using repo = await testRepository()
  const before = (await trackSnapshot(repo.instance)) ?? ""
  expect(await snapshotPatch(repo.instance, before)).toBeUndefined()
  repo.sh("git mv README.md R.md; echo new > 'with space.txt'")
  const patch = await snapshotPatch(repo.instance, before)
  expect(patch).toEqual({ hash: before, files: ["R.md", "with space.txt"].map((file) => join(repo.project, file)) })
})

test("diffs carry the whole file, a rename is a deletion and an addition, binary files have no text", async () => {
  await using repo = await testRepository()
  const before = (await trackSnapshot(repo.instance)) ?? ""
  repo.sh("git mv README.md R.md; printf 'alpha\\nnew' > a.txt; printf '\\000\\001' > b.bin; : > empty")
  await writeFile(join(repo.project, "docs/guide.md"), "# Guide\n\ndiff --git a/x b/x\r@@ -1 +1 @@\n")
  const after = (await trackSnapshot(repo.instance)) ?? ""
  const rule = "=".repeat(67)
  const head = (file: string) => `Index: ${file}\n${rule}\n--- ${file}\t\n+++ ${file}\t\n`
  expect(await snapshotDiff(repo.instance, before, after)).toEqual([
    {
      file: "R.md",
      patch: `${head("R.md")}@@ -0,0 +1,3 @@\n+# Demo\n+\n+A demo project.\n`,
      additions: 3,
      deletions: 0,
      status: "added",
    },
    {
      file: "README.md",
      patch: `${head("README.md")}@@ -1,3 +0,0 @@\n-# Demo\n-\n-A demo project.\n`,
      additions: 0,
      deletions: 3,
      status: "deleted",
    },
    {
      file: "a.txt",
      patch: `${head("a.txt")}@@ -1,3 +1,2 @@\n alpha\n-beta\n-gamma\n+new\n\\ No newline at end of file\n`,
      additions: 1,
      deletions: 2,
      status: "modified",
    },
    { file: "b.bin", patch: "", additions: 0, deletions: 0, status: "added" },
    {
      file: "docs/guide.md",
      patch: `${head("docs/guide.md")}@@ -1,3 +1,3 @@\n # Guide\n \n-Say hello.\n+diff --git a/x b/x\r@@ -1 +1 @@\n`,
      additions: 1,
      deletions: 1,
      status: "modified",
    },
    { file: "empty", patch: head("empty"), additions: 0, deletions: 0, status: "added" },
  ])
})

test("a tree that is not there gives no diff and a line in the log", async () => {
  await using repo = await testRepository()
  const now = (await trackSnapshot(repo.instance)) ?? ""
  expect(await snapshotDiff(repo.instance, "0".repeat(40), now)).toEqual([])
  expect(repo.log()).toContain("No snapshot could be taken or used")
})

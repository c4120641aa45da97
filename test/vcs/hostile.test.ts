import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { snapshotDiff, snapshotPatch } from "../../src/snapshot/diff"
import { restoreSnapshot, revertFiles } from "../../src/snapshot/restore"
import { trackSnapshot } from "../../src/snapshot/snapshot"
import { vcsApply } from "../../src/vcs/apply"
import { fileStatus, vcsDiff, vcsDiffRaw } from "../../src/vcs/diff"
import { getVcs } from "../../src/vcs/vcs"
import { createWorktree, removeWorktree, resetWorktree } from "../../src/vcs/worktree"
import { DEMO, testRepository } from "../helper/repository"

/** Names a program that leaves a file behind, wherever git's configuration takes one. */
const trap = (root: string) => `
  printf '#!/bin/sh\\ntouch ${root}/ran-"$(basename "$0")"\\ncat\\n' > ${root}/evil && chmod +x ${root}/evil
  for hook in post-checkout post-index-change reference-transaction fsmonitor-watchman post-commit pre-commit; do
    mkdir -p .git/hooks && cp ${root}/evil .git/hooks/$hook
  done
  git config core.hooksPath .git/hooks
  git config core.fsmonitor ${root}/evil
  git config diff.external ${root}/evil
  git config core.pager ${root}/evil
  git config filter.evil.clean ${root}/evil
  git config filter.evil.smudge ${root}/evil
  git config filter.evil.process ${root}/evil
  git config filter.evil.required true
  git config "filter.a=b.clean" ${root}/evil
  git config "filter.a=b.smudge" ${root}/evil
  git config diff.evil.textconv ${root}/evil
  git config diff.evil.command ${root}/evil
  git config core.sshCommand ${root}/evil
  printf '*.txt filter=evil diff=evil\\n*.md filter=a=b\\n' > .gitattributes
`

test("a checkout's configuration, hooks and attributes run nothing", async () => {
  await using repo = await testRepository()
  const { instance, project, root } = repo
  repo.sh(trap(root))
  const nested = join(project, "nested")
  repo.sh(`mkdir nested && cd nested && git init -q . && git -c user.name=a -c user.email=b commit -q --allow-empty -m x
    git config core.fsmonitor ${root}/evil && echo x > x.txt`)

  const before = (await trackSnapshot(instance)) ?? ""
  await writeFile(join(project, "a.txt"), "changed\n")
  await writeFile(join(project, "README.md"), "changed\n")
  await writeFile(join(project, "new.txt"), "new\n")
  await writeFile(join(nested, "x.txt"), "changed\n")
  const after = (await trackSnapshot(instance)) ?? ""
  expect(await trackSnapshot(instance)).toBe(after)
  expect(await snapshotDiff(instance, before, after)).toHaveLength(3)
  const patch = await snapshotPatch(instance, before, after)

  expect(await getVcs(instance)).toEqual({ branch: "main", default_branch: "main" })
  expect((await fileStatus(instance)).map(({ path }) => path)).toEqual([
    ".gitattributes",
    "README.md",
    "a.txt",
    "new.txt",
  ])
  expect(await vcsDiff(instance, "branch")).toHaveLength(4)
  expect(await vcsDiffRaw(instance)).toContain("+changed\n")
  expect(await vcsApply(instance, PATCH)).toEqual({ applied: true })

  await revertFiles(instance, patch ? [patch] : [])
  await restoreSnapshot(instance, before)
  const worktree = await createWorktree(instance, { name: "w" })
  await resetWorktree(instance, worktree.directory)
  await removeWorktree(instance, worktree.directory)

  expect(await repo.read("a.txt")).toBe(DEMO["a.txt"])
  expect(repo.sh(`ls ${root} | grep ran- || true`)).toBe("")
  // The trap would have worked.
  repo.sh("git status >/dev/null 2>&1 || true")
  expect(existsSync(join(root, "ran-evil")) || repo.sh(`ls ${root}`).includes("ran-")).toBe(true)
})

const PATCH =
  "diff --git a/docs/guide.md b/docs/guide.md\n--- a/docs/guide.md\n+++ b/docs/guide.md\n@@ -1,3 +1,3 @@\n # Guide\n \n-Say hello.\n+Say bye.\n"

test("core.worktree does not lead elsewhere, and patches stay inside", async () => {
  await using repo = await testRepository()
  const { instance, root } = repo
  repo.sh(`mkdir ${root}/elsewhere; echo secret > ${root}/elsewhere/a.txt; git config core.worktree ${root}/elsewhere`)
  expect(await fileStatus(instance)).toEqual([])
  const outside = "--- /dev/null\n+++ b/../out.txt\n@@ -0,0 +1 @@\n+x\n"
  const internal = "--- /dev/null\n+++ b/.git/hooks/post-commit\n@@ -0,0 +1 @@\n+x\n"
  for (const patch of [outside, internal]) expect(vcsApply(instance, patch)).rejects.toThrow("can't be applied")
  expect(existsSync(join(root, "out.txt"))).toBe(false)
})

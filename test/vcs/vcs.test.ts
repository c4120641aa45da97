import { expect, test } from "bun:test"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { openInstance } from "../../src/instance/instance"
import { currentProject, projectDirectories, updateProject } from "../../src/instance/project"
import { vcsApply } from "../../src/vcs/apply"
import { watchBranch } from "../../src/vcs/branch"
import { fileStatus, vcsDiff, vcsDiffRaw, vcsStatus } from "../../src/vcs/diff"
import { initGit } from "../../src/vcs/git-init"
import { getVcs } from "../../src/vcs/vcs"
import { COMMITTED, testRepository } from "../helper/repository"

const CHANGES = `
printf 'alpha\\nBETA\\ngamma\\ndelta\\n' > a.txt; printf '\\000\\001' > bin.dat; git rm -q docs/guide.md; echo fresh > new.txt
echo staged >> README.md; git add README.md; echo noise > debug.log`

test("branch and default branch", async () => {
  await using repo = await testRepository()
  expect(await getVcs(repo.instance)).toEqual({ branch: "main", default_branch: "main" })
  repo.sh("git checkout -q -b feature")
  expect(await getVcs(repo.instance)).toEqual({ branch: "feature", default_branch: "main" })
  repo.sh("git branch -q trunk; git config init.defaultBranch trunk; git checkout -q --detach")
  expect(await getVcs(repo.instance)).toEqual({ branch: null, default_branch: "trunk" })
  repo.sh(
    "git update-ref refs/remotes/origin/dev/x HEAD; git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/dev/x",
  )
  expect(await getVcs(repo.instance)).toEqual({ branch: null, default_branch: "dev/x" })
})

test("a repository that was removed has no branches", async () => {
  await using repo = await testRepository()
  watchBranch(repo.instance)
  repo.sh("rm -rf .git")
  expect(await getVcs(repo.instance)).toEqual({ branch: null, default_branch: null })
})

test("a checkout of another branch is told", async () => {
  await using repo = await testRepository()
  watchBranch(repo.instance)
  await getVcs(repo.instance)
  const told = repo.next("vcs.branch.updated")
  repo.sh("git checkout -q -b feature")
  expect(await told).toEqual({ directory: repo.project, properties: { branch: "feature" } })
})

test("status names staged, unstaged, deleted and untracked files, and leaves the index alone", async () => {
  await using repo = await testRepository({ prepare: COMMITTED + CHANGES })
  const index = repo.sh("cksum .git/index")
  expect(await vcsStatus(repo.instance)).toEqual([
    { file: "README.md", additions: 1, deletions: 0, status: "modified" },
    { file: "a.txt", additions: 2, deletions: 1, status: "modified" },
    { file: "bin.dat", additions: 0, deletions: 0, status: "added" },
    { file: "docs/guide.md", additions: 0, deletions: 3, status: "deleted" },
    { file: "new.txt", additions: 1, deletions: 0, status: "added" },
  ])
  expect((await fileStatus(repo.instance))[1]).toEqual({ path: "a.txt", added: 2, removed: 1, status: "modified" })
  expect(repo.sh("cksum .git/index")).toBe(index)
})

test("diffs carry git's patches; the raw one can be applied", async () => {
  await using repo = await testRepository({ prepare: COMMITTED + CHANGES })
  const diffs = await vcsDiff(repo.instance, "git")
  expect(diffs.map(({ file }) => file)).toEqual(["README.md", "a.txt", "bin.dat", "docs/guide.md", "new.txt"])
  expect(diffs[1]).toEqual({
    file: "a.txt",
    patch:
      "diff --git a/a.txt b/a.txt\nindex 85c3040..3cc64f7 100644\n--- a/a.txt\n+++ b/a.txt\n" +
      "@@ -1,3 +1,4 @@\n alpha\n-beta\n+BETA\n gamma\n+delta\n",
    additions: 2,
    deletions: 1,
    status: "modified",
  })
  expect(diffs[4]?.patch).toBe(
    "diff --git a/new.txt b/new.txt\nnew file mode 100644\nindex 0000000..92d5444\n--- /dev/null\n+++ b/new.txt\n" +
      "@@ -0,0 +1 @@\n+fresh\n",
  )
  expect((await vcsDiff(repo.instance, "git", 0))[1]?.patch).toContain("@@ -2 +2 @@ alpha\n-beta\n+BETA\n@@")
  repo.sh("rm bin.dat")
  const raw = await vcsDiffRaw(repo.instance)
  repo.sh("git reset -q --hard; rm new.txt")
  expect(await vcsStatus(repo.instance)).toEqual([])
  expect(await vcsApply(repo.instance, raw)).toEqual({ applied: true })
  expect((await vcsStatus(repo.instance)).map(({ file }) => file)).toEqual([
    "README.md",
    "a.txt",
    "docs/guide.md",
    "new.txt",
  ])
})

test("the diff of a branch begins where it left the default one", async () => {
  await using repo = await testRepository()
  repo.sh("git checkout -q -b feature; echo more >> a.txt; git commit -q -a -m more; git checkout -q main")
  repo.sh("echo other > other.txt; git add -A; git commit -q -m other; git checkout -q feature; echo new > new.txt")
  expect((await vcsDiff(repo.instance, "branch")).map(({ file }) => file)).toEqual(["a.txt", "new.txt"])
  expect((await vcsDiff(repo.instance, "git")).map(({ file }) => file)).toEqual(["new.txt"])
})

test("before the first commit everything is new", async () => {
  await using repo = await testRepository({ files: { "a.txt": "one\n" }, prepare: "git init -q -b main ." })
  expect(await vcsStatus(repo.instance)).toEqual([{ file: "a.txt", additions: 1, deletions: 0, status: "added" }])
  expect(await vcsDiff(repo.instance, "branch")).toEqual([])
})

test("a submodule counts with its commit, not with what is changed inside of it", async () => {
  const add = "git -c protocol.file.allow=always submodule --quiet add ../library lib; git commit -qm sub"
  const library = "git init -q ../library; git -C ../library commit -q --allow-empty -m one"
  await using repo = await testRepository({ prepare: `${COMMITTED}\n${library}\n${add}` })
  repo.sh("echo dirty > lib/new.txt")
  expect(await vcsStatus(repo.instance)).toEqual([])
  repo.sh("git -C lib add new.txt; git -C lib commit -qm two")
  expect(await vcsStatus(repo.instance)).toEqual([{ file: "lib", additions: 1, deletions: 1, status: "modified" }])
  const [diff] = await vcsDiff(repo.instance, "git")
  expect(diff?.patch).toMatch(/-Subproject commit \w{40}\n\+Subproject commit \w{40}/)
})

test("a patch that does not fit changes nothing", async () => {
  await using repo = await testRepository()
  const patch = "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n alpha\n-wrong\n+BETA\n gamma\n"
  for (const each of [patch, "garbage", ""])
    expect(vcsApply(repo.instance, each)).rejects.toMatchObject({
      status: 400,
      body: { name: "VcsApplyError", data: { message: "Patch can't be applied", reason: "not-clean" } },
    })
  expect(await vcsStatus(repo.instance)).toEqual([])
})

test("outside of git there is nothing, until it is made a repository", async () => {
  await using repo = await testRepository({ files: { "a.txt": "one\n" }, prepare: "" })
  expect(await getVcs(repo.instance)).toEqual({ branch: null, default_branch: null })
  expect(await vcsStatus(repo.instance)).toEqual([])
  expect(await vcsDiffRaw(repo.instance)).toBe("")
  expect(vcsApply(repo.instance, "x")).rejects.toMatchObject({ body: { data: { reason: "non-git" } } })
  const project = await initGit(repo.instance)
  expect(project).toMatchObject({ id: "global", worktree: repo.project, vcs: "git" })
  expect(repo.heard("server.instance.disposed")).toHaveLength(1)
  const instance = await openInstance(repo.app, repo.project)
  expect(await vcsStatus(instance)).toHaveLength(1)
  expect(await initGit(instance)).toEqual(project)
})

test("a project keeps what people choose for it", async () => {
  await using repo = await testRepository()
  const { app, instance } = repo
  const patch = { name: "Nice", icon: { color: "#abc" }, commands: { start: "run" } }
  const updated = await updateProject(app, instance.project.id, patch)
  expect(updated).toMatchObject({ ...patch, worktree: repo.project, vcs: "git" })
  expect(await currentProject(instance)).toEqual(updated)
  expect(repo.heard("project.updated").at(-1)?.properties).toEqual(updated)
  expect(await projectDirectories(app, updated.id)).toEqual([{ directory: repo.project }])
  expect(await projectDirectories(app, "nope")).toEqual([])
  expect(updateProject(app, "nope", {})).rejects.toMatchObject({
    status: 404,
    body: { _tag: "ProjectNotFoundError", projectID: "nope", message: "Project not found: nope" },
  })
})

test("status works in a directory below the root", async () => {
  await using repo = await testRepository()
  await writeFile(join(repo.project, "src/new.ts"), "x\n")
  const below = await openInstance(repo.app, join(repo.project, "src"))
  expect(await vcsStatus(below)).toEqual(await vcsStatus(repo.instance))
})

import { describe, expect, test } from "bun:test"
import { chmod, link, lstat, readdir, stat, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { testProject } from "../helper/project"
import { toolRunner } from "../helper/tools"

describe("write", () => {
  test("makes a file with its directories, and tells", async () => {
    await using it = await testProject()
    const tools = toolRunner(it.instance)
    const path = join(it.project, "new/dir/file.txt")
    const result = await tools.call("write", { filePath: path, content: "one\n" })
    expect(result).toEqual({
      title: "new/dir/file.txt",
      output: "Wrote file successfully.",
      metadata: { diagnostics: {}, filepath: path, exists: false, truncated: false },
    })
    expect(await it.text("new/dir/file.txt")).toBe("one\n")
    expect(tools.asked).toEqual([
      {
        permission: "edit",
        patterns: ["new/dir/file.txt"],
        always: ["*"],
        metadata: { filepath: path, diff: expect.stringContaining("@@ -0,0 +1,1 @@\n+one\n") },
      },
    ])
    const directory = it.project
    expect(it.heard("file.edited")).toEqual([{ directory, properties: { file: path } }])
    expect(it.heard("file.watcher.updated")).toEqual([{ directory, properties: { file: path, event: "add" } }])
  })

  test("replaces a file, whose mode and byte order mark stay", async () => {
    await using it = await testProject({ files: { "run.sh": "\uFEFFold\n" } })
    await chmod(join(it.project, "run.sh"), 0o754)
    const result = await toolRunner(it.instance).call("write", { filePath: "run.sh", content: "new\n" })
    expect(result.metadata.exists).toBe(true)
    expect(Buffer.from(await Bun.file(join(it.project, "run.sh")).bytes()).toString()).toBe("\uFEFFnew\n")
    expect((await stat(join(it.project, "run.sh"))).mode & 0o777).toBe(0o754)
    expect(it.heard("file.watcher.updated")[0]?.properties).toMatchObject({ event: "change" })
    expect(await readdir(it.project)).not.toContainEqual(expect.stringContaining("tool_"))
  })

  test("nothing is written when it is not allowed", async () => {
    await using it = await testProject({ files: { "a.txt": "old" } })
    const tools = toolRunner(it.instance, () => Promise.reject(new Error("no")))
    await expect(tools.call("write", { filePath: "a.txt", content: "new" })).rejects.toThrow("no")
    expect(await it.text("a.txt")).toBe("old")
    expect(it.heard("file.edited")).toEqual([])
  })

  test("nothing is written when somebody else changes the file while the user is asked", async () => {
    await using it = await testProject({ files: { "a.txt": "old" } })
    const tools = toolRunner(it.instance, () => writeFile(join(it.project, "a.txt"), "theirs"))
    await expect(tools.call("write", { filePath: "a.txt", content: "new" })).rejects.toThrow("changed by somebody else")
    expect(await it.text("a.txt")).toBe("theirs")
  })

  test("a link stays a link, and one that leads nowhere yet does not lead outside", async () => {
    await using it = await testProject({ files: { "target.txt": "old" } })
    await symlink("target.txt", join(it.project, "inner"))
    await symlink(join(it.home, "planted"), join(it.project, "outer"))
    await link(join(it.project, "target.txt"), join(it.project, "second-name"))
    const tools = toolRunner(it.instance, ({ permission }) => {
      if (permission === "external_directory") throw new Error("outside")
    })
    await tools.call("write", { filePath: "inner", content: "new" })
    expect((await lstat(join(it.project, "inner"))).isSymbolicLink()).toBe(true)
    expect([await it.text("target.txt"), await it.text("second-name")]).toEqual(["new", "new"])
    await expect(tools.call("write", { filePath: "outer", content: "x" })).rejects.toThrow("outside")
    expect(await Bun.file(join(it.home, "planted")).exists()).toBe(false)
  })

  test("refuses directories and what is not text", async () => {
    await using it = await testProject({ files: { "src/a.ts": "" } })
    await writeFile(join(it.project, "latin.txt"), Buffer.from([0xe4, 0x0a]))
    const { call } = toolRunner(it.instance)
    await expect(call("write", { filePath: "src", content: "" })).rejects.toThrow(
      "A file is expected, but this is a directory",
    )
    await expect(call("edit", { filePath: "latin.txt", oldString: "\n", newString: "x" })).rejects.toThrow("not UTF-8")
    expect(await Bun.file(join(it.project, "latin.txt")).bytes()).toEqual(new Uint8Array([0xe4, 0x0a]))
  })
})

describe("edit", () => {
  test("replaces the one place and shows the difference", async () => {
    await using it = await testProject({ files: { "a.txt": "alpha\nbeta\ngamma\n" } })
    const tools = toolRunner(it.instance)
    const path = join(it.project, "a.txt")
    const result = await tools.call("edit", { filePath: path, oldString: "beta", newString: "BETA" })
    const patch = `Index: ${path}\n===================================================================\n--- ${path}\n+++ ${path}\n@@ -1,3 +1,3 @@\n alpha\n-beta\n+BETA\n gamma\n`
    const metadata = { diagnostics: {}, diff: patch, filediff: { file: path, patch, additions: 1, deletions: 1 } }
    expect(result).toEqual({
      title: "a.txt",
      output: "Edit applied successfully.",
      metadata: { ...metadata, truncated: false },
    })
    expect(tools.shown).toEqual([{ metadata }])
    expect(tools.asked.map((query) => query.metadata)).toEqual([{ filepath: path, diff: patch }])
    expect(await it.text("a.txt")).toBe("alpha\nBETA\ngamma\n")
  })

  test.each([
    [{ oldString: "nothing", newString: "x" }, "Could not find oldString in the file."],
    [{ oldString: "a", newString: "x" }, "Found multiple matches for oldString."],
    [{ oldString: "a", newString: "a" }, "No changes to apply: oldString and newString are identical."],
    [{ oldString: "", newString: "x" }, "oldString is empty but the file has text."],
    [{ filePath: "nope.txt", oldString: "a", newString: "x" }, /^File .*\/nope.txt not found$/],
  ])("refuses %j", async (args, message) => {
    await using it = await testProject({ files: { "a.txt": "alpha\nbeta\n" } })
    const { call } = toolRunner(it.instance)
    await expect(call("edit", { filePath: "a.txt", ...args })).rejects.toThrow(message)
    expect(await it.text("a.txt")).toBe("alpha\nbeta\n")
    expect(it.heard("file.edited")).toEqual([])
  })

  test("makes a new file from an empty oldString", async () => {
    await using it = await testProject()
    const result = await toolRunner(it.instance).call("edit", { filePath: "n.txt", oldString: "", newString: "made\n" })
    expect(result.metadata.filediff).toMatchObject({ additions: 1, deletions: 0 })
    expect(await it.text("n.txt")).toBe("made\n")
  })

  test("calls at the same time do not lose each other's changes", async () => {
    const words = Array.from({ length: 20 }, (_, index) => `word${index};`)
    await using it = await testProject({ files: { "a.txt": words.join("\n") } })
    const { call } = toolRunner(it.instance, () => Bun.sleep(1))
    await Promise.all(
      words.map((word) => call("edit", { filePath: "a.txt", oldString: word, newString: word.toUpperCase() })),
    )
    expect(await it.text("a.txt")).toBe(words.join("\n").toUpperCase())
  })
})

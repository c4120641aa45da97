import { describe, expect, test } from "bun:test"
import { chmod, readdir, readlink, stat, symlink } from "node:fs/promises"
import { join } from "node:path"
import { applyHunks } from "../../src/tool/patch-apply"
import { parsePatch } from "../../src/tool/patch-parse"
import { testProject } from "../helper/project"
import { toolRunner } from "../helper/tools"

const patch = (...lines: string[]) => ["*** Begin Patch", ...lines, "*** End Patch"].join("\n")
const FILES = { "a.txt": "alpha\nbeta\ngamma\n", "docs/guide.md": "# Guide\n\nSay hello.\n", "README.md": "# Demo\n" }

describe("apply_patch", () => {
  test("adds, changes, moves and deletes files by one patch", async () => {
    await using it = await testProject({ files: FILES })
    const tools = toolRunner(it.instance)
    const patchText = patch(
      ...["*** Add File: new/added.txt", "+hello", "+world"],
      ...["*** Update File: a.txt", "@@", " alpha", "-beta", "+BETA", " gamma"],
      ...["*** Update File: README.md", "*** Move to: docs/READYOU.md", "@@", "-# Demo", "+# Moved"],
      "*** Delete File: docs/guide.md",
    )
    const result = await tools.call("apply_patch", { patchText })
    expect(result.output).toBe(
      "Success. Updated the following files:\nA new/added.txt\nM a.txt\nM docs/READYOU.md\nD docs/guide.md",
    )
    expect(result.title).toBe(result.output)
    const path = (name: string) => join(it.project, name)
    expect(result.metadata).toMatchObject({
      diagnostics: {},
      truncated: false,
      files: [
        { filePath: path("new/added.txt"), relativePath: "new/added.txt", type: "add", additions: 2, deletions: 0 },
        { filePath: path("a.txt"), relativePath: "a.txt", type: "update", additions: 1, deletions: 1 },
        {
          filePath: path("README.md"),
          relativePath: "docs/READYOU.md",
          type: "move",
          movePath: path("docs/READYOU.md"),
          additions: 1,
          deletions: 1,
        },
        { filePath: path("docs/guide.md"), relativePath: "docs/guide.md", type: "delete", additions: 0, deletions: 3 },
      ],
    })
    expect(await it.text("new/added.txt")).toBe("hello\nworld\n")
    expect(await it.text("a.txt")).toBe("alpha\nBETA\ngamma\n")
    expect(await it.text("docs/READYOU.md")).toBe("# Moved\n")
    expect(await Bun.file(path("README.md")).exists()).toBe(false)
    expect(await Bun.file(path("docs/guide.md")).exists()).toBe(false)
    expect(tools.asked).toMatchObject([
      { permission: "edit", patterns: ["new/added.txt", "a.txt", "README.md", "docs/READYOU.md", "docs/guide.md"] },
    ])
    const edited = ["new/added.txt", "a.txt", "docs/READYOU.md"].map(path)
    expect(it.heard("file.edited").map(({ properties }) => properties)).toEqual(edited.map((file) => ({ file })))
    const watched = it.heard("file.watcher.updated").map(({ properties }) => properties)
    expect(watched).toContainEqual({ file: path("README.md"), event: "unlink" })
    expect(watched).toContainEqual({ file: path("docs/READYOU.md"), event: "add" })
  })

  test.each([
    [
      "garbage",
      "apply_patch verification failed: Error: A patch begins with *** Begin Patch and ends with *** End Patch",
    ],
    [
      patch("*** Update File: nope.txt", "@@", "-x", "+y"),
      "apply_patch verification failed: Failed to read file to update: ",
    ],
    [patch("*** Delete File: nope.txt"), "Failed to read file to delete: "],
    [patch("*** Add File: a.txt", "+x"), "File to add exists already: "],
    [patch("*** Update File: a.txt", "*** Move to: README.md", "@@", "-beta", "+x"), "File to move to exists: "],
    [patch("*** Update File: a.txt", "@@", "-delta", "+x"), "These lines are not in "],
    [patch("*** Update File: a.txt"), "has no changes"],
    [patch("*** Add File: b.txt", "x"), 'lines of Add File b.txt begin with +, got "x"'],
    [patch("nonsense"), 'expected a file header, got "nonsense"'],
  ])("refuses %j and leaves everything as it is", async (patchText, message) => {
    await using it = await testProject({ files: FILES })
    const first = patchText.replace("*** Begin Patch\n***", "*** Begin Patch\n*** Add File: first.txt\n+x\n***")
    const { call } = toolRunner(it.instance)
    await expect(call("apply_patch", { patchText: first })).rejects.toThrow(message)
    expect(await Bun.file(join(it.project, "first.txt")).exists()).toBe(false)
    for (const [name, text] of Object.entries(FILES)) expect(await it.text(name)).toBe(text)
  })

  test("refuses a patch without changes", async () => {
    await using it = await testProject()
    const call = toolRunner(it.instance).call("apply_patch", { patchText: patch() })
    await expect(call).rejects.toThrow("patch rejected: empty patch")
  })

  test("takes back what it has written when a later file fails", async () => {
    await using it = await testProject({ files: FILES })
    await Bun.write(join(it.project, "blocked"), "a file")
    const patchText = patch(
      ...["*** Update File: a.txt", "@@", "-beta", "+x"],
      ...["*** Add File: fresh.txt", "+x"],
      ...["*** Add File: blocked/b.txt", "+x"],
    )
    await expect(toolRunner(it.instance).call("apply_patch", { patchText })).rejects.toThrow()
    expect(await it.text("a.txt")).toBe(FILES["a.txt"])
    expect(await Bun.file(join(it.project, "fresh.txt")).exists()).toBe(false)
    expect(it.heard("file.edited")).toEqual([])
  })

  test("takes back what it has removed too, and tells of the file that failed", async () => {
    await using it = await testProject({ files: { ...FILES, "run.sh": "#!/bin/sh\n" } })
    await Bun.write(join(it.project, "blocked"), "a file")
    await symlink("a.txt", join(it.project, "link"))
    const patchText = patch(
      "*** Delete File: link",
      "*** Delete File: docs/guide.md",
      ...["*** Update File: run.sh", "*** Move to: bin/run", "@@", " #!/bin/sh", "+true"],
      ...["*** Add File: blocked/b.txt", "+x"],
    )
    await expect(toolRunner(it.instance).call("apply_patch", { patchText })).rejects.toThrow("blocked")
    expect(await readlink(join(it.project, "link"))).toBe("a.txt")
    expect(await it.text("docs/guide.md")).toBe(FILES["docs/guide.md"])
    expect(await it.text("run.sh")).toBe("#!/bin/sh\n")
    expect((await readdir(it.project)).filter((name) => name.includes("tool_"))).toEqual([])
  })

  test("removes a link and not what it leads to; moves keep the mode; binary files can go", async () => {
    await using it = await testProject({ files: { ...FILES, "run.sh": "#!/bin/sh\n" } })
    const path = (name: string) => join(it.project, name)
    await chmod(path("run.sh"), 0o755)
    await symlink("a.txt", path("link"))
    await symlink("README.md", path("moved-link"))
    await symlink("nowhere", path("broken"))
    await Bun.write(path("image.png"), new Uint8Array([0x89, 0, 0xff]))
    const patchText = patch(
      ...["*** Delete File: link", "*** Delete File: broken", "*** Delete File: image.png"],
      ...["*** Update File: moved-link", "*** Move to: copy.md", "@@", "-# Demo", "+# Copy"],
      ...["*** Update File: run.sh", "*** Move to: bin/run", "@@", " #!/bin/sh", "+true"],
    )
    const { metadata } = await toolRunner(it.instance).call("apply_patch", { patchText })
    const kinds = (metadata.files as { type: string; deletions: number }[]).map((file) => [file.type, file.deletions])
    expect(kinds).toEqual([
      ["delete", 3],
      ["delete", 0],
      ["delete", 0],
      ["move", 1],
      ["move", 0],
    ])
    expect(await it.text("a.txt")).toBe(FILES["a.txt"])
    expect(await it.text("README.md")).toBe(FILES["README.md"])
    expect(await it.text("copy.md")).toBe("# Copy\n")
    expect((await stat(path("bin/run"))).mode & 0o777).toBe(0o755)
    expect((await readdir(it.project)).sort()).toEqual([".git", "README.md", "a.txt", "bin", "copy.md", "docs"])
  })

  test("asks before it removes a link outside of the project that leads into it", async () => {
    await using it = await testProject({ files: FILES })
    await symlink(join(it.project, "a.txt"), join(it.home, "outer"))
    const tools = toolRunner(it.instance, ({ permission }) => {
      if (permission === "external_directory") throw new Error("outside")
    })
    const patchText = patch(`*** Delete File: ${it.home}/outer`)
    await expect(tools.call("apply_patch", { patchText })).rejects.toThrow("outside")
    expect(await readlink(join(it.home, "outer"))).toBe(join(it.project, "a.txt"))
  })

  test("asks for each path outside of the project, also for the new place of a moved file", async () => {
    await using it = await testProject({ files: FILES })
    const tools = toolRunner(it.instance, ({ permission }) => {
      if (permission === "external_directory") throw new Error("outside")
    })
    const patchText = patch("*** Update File: a.txt", `*** Move to: ${it.home}/b.txt`, "@@", "-beta", "+x")
    await expect(tools.call("apply_patch", { patchText })).rejects.toThrow("outside")
    expect(await it.text("a.txt")).toBe(FILES["a.txt"])
  })
})

/** The text after the sections of an Update File. */
function patched(text: string, ...lines: string[]) {
  const [change] = parsePatch(patch("*** Update File: f", ...lines))
  if (change?.type !== "update") throw new Error("Not an update")
  return applyHunks(text, change.hunks, "f")
}

describe("the place of a hunk", () => {
  const CLASSES = "class A\n  def f\n    1\n  end\nclass B\n  def f\n    1\n  end\n"

  test("is behind its anchors", () => {
    expect(patched(CLASSES, "@@ class B", "@@   def f", "-    1", "+    2")).toBe(CLASSES.replace(/1(?!.*1)/s, "2"))
    expect(patched(CLASSES, "@@ class B", " class B", "+  # new")).toContain("class B\n  # new\n")
    expect(patched(CLASSES, "@@ -5,2 +5,3 @@ class B", "+  # new")).toContain("class B\n  # new\n")
  })

  test("is behind the hunk before", () => {
    expect(patched("x\ny\nx\ny\n", "@@", "-x", "+1", "@@", "-x", "+2")).toBe("1\ny\n2\ny\n")
  })

  test("is the end of the file, if it says so", () => {
    expect(patched("x\ny\nx\n", "@@", "-x", "+z", "*** End of File")).toBe("x\ny\nz\n")
    expect(patched("x\n", "@@", "+y")).toBe("x\ny\n")
    expect(patched("", "@@", "+y")).toBe("y\n")
  })

  test("is found with other white space, which kept lines keep and new ones get", () => {
    expect(patched("a {\n\tb(1)\n\tc\n}\n", "@@", " b(1)", "-c", "+d")).toBe("a {\n\tb(1)\n\td\n}\n")
    expect(patched("say “hi”  \nx\n", "@@", ' say "hi"', "-x", "+y")).toBe("say “hi”  \ny\n")
    expect(() => patched("  x\n    x\n", "@@", "-x", "+y")).toThrow("more than one place")
  })

  test("keeps line endings and a missing last one", () => {
    expect(patched("a\r\nb\r\n", "@@", " a", "-b", "+c", "+d")).toBe("a\r\nc\r\nd\r\n")
    expect(patched("a\nb", "@@", "-b", "+c")).toBe("a\nc")
    expect(patched("only\n", "@@", "-only")).toBe("")
  })

  test("does not mind an empty line too many at its end, nor quotes around the patch", () => {
    expect(patched("a\nb", "@@", "-b", "+c", " ")).toBe("a\nc")
    const text = ["apply_patch <<'EOF'", patch("*** Delete File: x"), "EOF"].join("\r\n")
    expect(parsePatch(text)).toEqual([{ type: "delete", path: "x" }])
  })
})

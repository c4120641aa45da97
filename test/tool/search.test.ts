import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { testProject } from "../helper/project"
import { toolRunner } from "../helper/tools"

const FILES = {
  ".gitignore": "dist\n",
  "docs/guide.md": "# Guide\n\nSay hello.\n",
  "src/math.ts": "export function add() {\n}\nexport const PI = 3\n",
  "src/text.ts": 'export const hello = "hello"\n',
  "dist/out.ts": "hello\n",
  ".hidden/h.ts": "",
}

describe("glob", () => {
  test("answers absolute paths; what is ignored is left out", async () => {
    await using it = await testProject({ files: FILES })
    const tools = toolRunner(it.instance)
    expect(await tools.call("glob", { pattern: "**/*.ts" })).toEqual({
      title: "",
      output: [".hidden/h.ts", "src/math.ts", "src/text.ts"].map((name) => join(it.project, name)).join("\n"),
      metadata: { count: 3, truncated: false },
    })
    expect(tools.asked).toMatchObject([{ permission: "glob", patterns: ["**/*.ts"], always: ["*"] }])
    expect(await tools.call("glob", { pattern: "*.md", path: "docs" })).toMatchObject({
      title: "docs",
      output: join(it.project, "docs/guide.md"),
    })
    expect((await tools.call("glob", { pattern: "*.zzz" })).output).toBe("No files found")
  })

  test("no pattern finds what belongs to git", async () => {
    await using it = await testProject({ files: { "a.txt": "" } })
    expect((await toolRunner(it.instance).call("glob", { pattern: "*" })).output).toBe(join(it.project, "a.txt"))
    expect((await toolRunner(it.instance).call("glob", { pattern: "**/config" })).output).toBe("No files found")
    expect((await toolRunner(it.instance).call("grep", { pattern: "core", include: "*" })).metadata.matches).toBe(0)
  })

  test("stops at 100 files and says so", async () => {
    const files = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f${index}.txt`, ""]))
    await using it = await testProject({ files })
    const result = await toolRunner(it.instance).call("glob", { pattern: "*.txt" })
    expect(result.metadata).toEqual({ count: 100, truncated: true })
    expect(result.output).toEndWith("(Only the first 100 files are shown. Use a narrower pattern or path.)")
  })

  test("refuses directories that are not there, and asks for those outside", async () => {
    await using it = await testProject({ files: FILES })
    const tools = toolRunner(it.instance)
    await expect(tools.call("glob", { pattern: "*", path: "nope" })).rejects.toThrow("ripgrep execution failed")
    await tools.call("glob", { pattern: "*", path: it.home })
    expect(tools.asked).toContainEqual(
      expect.objectContaining({ permission: "external_directory", patterns: [`${it.home}/*`] }),
    )
  })
})

describe("grep", () => {
  test("groups the lines by file", async () => {
    await using it = await testProject({ files: FILES })
    const { call } = toolRunner(it.instance)
    const path = (name: string) => join(it.project, name)
    expect(await call("grep", { pattern: "hello" })).toEqual({
      title: "hello",
      output: `Found 2 matches\n${path("docs/guide.md")}:\n  Line 3: Say hello.\n\n\n${path("src/text.ts")}:\n  Line 1: export const hello = "hello"\n`,
      metadata: { matches: 2, truncated: false },
    })
    expect((await call("grep", { pattern: "export", path: "src", include: "math.*" })).output).toBe(
      `Found 2 matches\n${path("src/math.ts")}:\n  Line 1: export function add() {\n\n  Line 3: export const PI = 3\n`,
    )
    expect((await call("grep", { pattern: "PI", path: "src/math.ts" })).output).toContain("Line 3: export const PI = 3")
    expect((await call("grep", { pattern: "zzz" })).output).toBe("No files found")
  })

  test("stops at 100 matches", async () => {
    await using it = await testProject({ files: { "a.txt": "x\n".repeat(1000) } })
    const result = await toolRunner(it.instance).call("grep", { pattern: "x" })
    expect(result.metadata).toEqual({ matches: 100, truncated: true })
  })

  test("patterns and paths are never options", async () => {
    await using it = await testProject({ files: { "a.txt": "--files\n", "-f": "--files\n" } })
    const { call } = toolRunner(it.instance)
    expect((await call("grep", { pattern: "--files", path: "a.txt" })).metadata.matches).toBe(1)
    expect((await call("grep", { pattern: "--files", path: "-f" })).metadata.matches).toBe(1)
  })

  test("says what is wrong with an expression, and with a path", async () => {
    await using it = await testProject({ files: FILES })
    const { call } = toolRunner(it.instance)
    await expect(call("grep", { pattern: "(" })).rejects.toThrow(
      "rg: regex parse error:\n    (?:()\n    ^\nerror: unclosed group",
    )
    await expect(call("grep", { pattern: "x", path: "nope" })).rejects.toThrow("No such file or directory: ")
  })
})

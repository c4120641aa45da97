import { describe, expect, test } from "bun:test"
import { mkdir, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { testProject } from "../helper/project"
import { toolRunner } from "../helper/tools"

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==",
  "base64",
)

describe("read", () => {
  test("shows a file with line numbers and says that it is all of it", async () => {
    await using it = await testProject({ files: { "a.txt": "alpha\nbeta\r\ngamma\n" } })
    const tools = toolRunner(it.instance)
    const path = join(it.project, "a.txt")
    const result = await tools.call("read", { filePath: path })
    expect(result).toEqual({
      title: "a.txt",
      output: `<path>${path}</path>\n<type>file</type>\n<content>\n1: alpha\n2: beta\n3: gamma\n\n(End of file - total 3 lines)\n</content>`,
      metadata: {
        preview: "alpha\nbeta\ngamma",
        truncated: false,
        loaded: [],
        display: {
          type: "file",
          path,
          text: "alpha\nbeta\ngamma",
          lineStart: 1,
          lineEnd: 3,
          totalLines: 3,
          truncated: false,
        },
      },
    })
    expect(tools.asked).toEqual([{ permission: "read", patterns: ["a.txt"], always: ["*"], metadata: {} }])
    expect((await tools.call("read", { filePath: "a.txt", offset: null })).output).toBe(result.output)
  })

  test("shows a range and how to go on", async () => {
    await using it = await testProject({ files: { "a.txt": "alpha\nbeta\ngamma" } })
    const { call } = toolRunner(it.instance)
    const result = await call("read", { filePath: "a.txt", offset: 2, limit: 1 })
    expect(result.output).toContain("<content>\n2: beta\n\n(Showing lines 2-2 of 3. Use offset=3 to continue.)\n")
    expect((await call("read", { filePath: "a.txt", offset: 3 })).output).toContain("(End of file - total 3 lines)")
    await expect(call("read", { filePath: "a.txt", offset: 50 })).rejects.toThrow(
      "Offset 50 is out of range for this file (3 lines)",
    )
  })

  test("cuts long lines and long answers", async () => {
    const files = { "wide.txt": `${"ä".repeat(2500)}\nshort\n`, "big.txt": `${"x".repeat(999)}\n`.repeat(200) }
    await using it = await testProject({ files })
    const { call } = toolRunner(it.instance)
    const wide = await call("read", { filePath: "wide.txt" })
    expect(wide.output).toContain(`1: ${"ä".repeat(2000)}... (line truncated to 2000 chars)\n2: short\n`)
    const big = await call("read", { filePath: "big.txt" })
    expect(big.output).toContain("(Output capped at 50 KB. Showing lines 1-51. Use offset=52 to continue.)")
    expect(big.metadata).toMatchObject({ truncated: true, display: { lineEnd: 51, totalLines: 200 } })
  })

  test("an empty file has no lines", async () => {
    await using it = await testProject({ files: { "empty.txt": "" } })
    const result = await toolRunner(it.instance).call("read", { filePath: "empty.txt" })
    expect(result.output).toContain("<content>\n\n\n(End of file - total 0 lines)\n</content>")
  })

  test("lists a directory", async () => {
    await using it = await testProject({ files: { "src/b.ts": "", "src/util/a.ts": "", "src/a.ts": "" } })
    const { call } = toolRunner(it.instance)
    const result = await call("read", { filePath: "src" })
    expect(result.output).toContain("<type>directory</type>\n<entries>\na.ts\nb.ts\nutil/\n\n(3 entries)\n</entries>")
    const part = await call("read", { filePath: "src", offset: 2, limit: 1 })
    expect(part.metadata).toMatchObject({ truncated: true, display: { entries: ["b.ts"], offset: 2, totalEntries: 3 } })
  })

  test("proposes files with a similar name", async () => {
    await using it = await testProject({ files: { "README.md": "", "other.txt": "" } })
    const { call } = toolRunner(it.instance)
    await expect(call("read", { filePath: "readme" })).rejects.toThrow(
      `File not found: ${it.project}/readme\n\nDid you mean one of these?\n${it.project}/README.md`,
    )
    await expect(call("read", { filePath: "zzz" })).rejects.toThrow(/^File not found: [^\n]*\/zzz$/)
  })

  test("tells images and other binary files by their bytes", async () => {
    await using it = await testProject({ files: { "fake.png": "no image", "bin.txt": "\0\u0001\u0002" } })
    await writeFile(join(it.project, "real.dat"), PNG)
    const { call } = toolRunner(it.instance)
    const image = await call("read", { filePath: "real.dat" })
    expect(image).toMatchObject({
      output: "Image read successfully",
      attachments: [{ mime: "image/png", url: `data:image/png;base64,${PNG.toString("base64")}` }],
    })
    const fake = await call("read", { filePath: "fake.png" })
    expect(fake.attachments).toBeUndefined()
    expect(fake.output).toContain("1 image left out")
    await expect(call("read", { filePath: "bin.txt" })).rejects.toThrow(
      `Cannot read binary file: ${it.project}/bin.txt`,
    )
  })

  test("adds instruction files of the folder once", async () => {
    await using it = await testProject({ files: { "sub/AGENTS.md": "Sub rules.\n", "sub/a.txt": "a\n" } })
    const { call } = toolRunner(it.instance)
    const first = await call("read", { filePath: "sub/a.txt" })
    expect(first.output).toEndWith(
      `</content>\n\n<system-reminder>\nInstructions from: ${it.project}/sub/AGENTS.md\nSub rules.\n\n</system-reminder>`,
    )
    expect(first.metadata.loaded).toEqual([join(it.project, "sub/AGENTS.md")])
    expect((await call("read", { filePath: "sub/a.txt" })).metadata.loaded).toEqual([])
  })

  test("asks before it leaves the project, also through a link, and before anything is told", async () => {
    await using it = await testProject({ homeFiles: { "outside/o.txt": "outside\n" } })
    await symlink(join(it.home, "outside"), join(it.project, "link"))
    const parentDir = join(it.home, "outside")
    for (const filePath of [join(parentDir, "o.txt"), "~/outside/o.txt", "link/o.txt"]) {
      const tools = toolRunner(it.instance)
      expect((await tools.call("read", { filePath })).output).toContain("1: outside")
      expect(tools.asked[0]).toEqual({
        permission: "external_directory",
        patterns: [`${parentDir}/*`],
        always: [`${parentDir}/*`],
        metadata: { filepath: join(parentDir, "o.txt"), parentDir },
      })
    }
    const denied = toolRunner(it.instance, () => Promise.reject(new Error("no")))
    await expect(denied.call("read", { filePath: join(parentDir, "nothing") })).rejects.toThrow(/^no$/)
  })

  test("names a link's target to the rules, so that a link does not get around them", async () => {
    await using it = await testProject({ files: { ".env": "SECRET=1\n" } })
    await symlink(".env", join(it.project, "harmless.txt"))
    const tools = toolRunner(it.instance)
    await tools.call("read", { filePath: "harmless.txt" })
    expect(tools.asked.map(({ patterns }) => patterns)).toEqual([["harmless.txt", ".env"]])
  })

  test("our own data counts as outside even in the user's home", async () => {
    await using it = await testProject({ homeFiles: { ".local/share/opencode/auth.json": "{}" } })
    const home = await import("../../src/instance/instance").then(({ openInstance }) => openInstance(it.app, it.home))
    const tools = toolRunner(home)
    await tools.call("read", { filePath: ".local/share/opencode/auth.json" })
    expect(tools.asked[0]?.permission).toBe("external_directory")
  })

  test("does not wait for a pipe", async () => {
    await using it = await testProject()
    await mkdir(join(it.project, "d"))
    Bun.spawnSync(["mkfifo", join(it.project, "pipe")])
    await expect(toolRunner(it.instance).call("read", { filePath: "pipe" })).rejects.toThrow("Not a regular file")
  })
})

import { describe, expect, test } from "bun:test"
import { chmod, mkdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { formatFile, formatterStatus } from "../../src/format/format"
import { type ProjectSetup, testProject } from "../helper/project"
import { script } from "../helper/script"
import { testServer } from "../helper/server"
import { toolRunner } from "../helper/tools"

const repository = join(import.meta.dir, "../..")
const BIOME = { "biome.json": '{"formatter":{"indentStyle":"space","indentWidth":2}}' }

/** A project in which biome is installed. */
async function biomeProject({
  files = {},
  config = { formatter: true },
  ...setup
}: ProjectSetup & { config?: object }) {
  const it = await testProject({ ...setup, files: { "opencode.json": JSON.stringify(config), ...BIOME, ...files } })
  await symlink(join(repository, "node_modules"), join(it.project, "node_modules"))
  return it
}

/** A formatter of one's own: a program that runs `code` with the file as its argument. */
const own = (code: string, more: object = {}) => ({
  command: [process.execPath, "-e", `const file = process.argv.at(-1); ${code}`, "$FILE"],
  extensions: [".own"],
  ...more,
})
const append = (text: string) => `require("fs").appendFileSync(file, ${JSON.stringify(text)})`

describe("over HTTP", () => {
  test("there is nothing by default, and an edit stays as it is", async () => {
    await using it = await testServer({ files: BIOME })
    await symlink(join(repository, "node_modules"), join(it.directory, "node_modules"))
    expect((await it.call("GET", "/formatter")).body).toEqual([])
    await using plain = await biomeProject({ config: {} })
    await toolRunner(plain.instance).call("write", { filePath: "a.ts", content: "let a  = 1" })
    expect(await plain.text("a.ts")).toBe("let a  = 1")
  })

  test("with formatters on, those that the project uses are told, and edits run them", async () => {
    await using it = await testServer({ config: { formatter: true }, files: BIOME })
    await symlink(join(repository, "node_modules"), join(it.directory, "node_modules"))
    const { body } = await it.call("GET", "/formatter")
    expect(body).toContainEqual({ name: "biome", enabled: true, extensions: expect.arrayContaining([".ts", ".json"]) })
    expect(body).toContainEqual({ name: "prettier", enabled: false, extensions: expect.arrayContaining([".md"]) })

    const { id } = (await it.call("POST", "/session", {})).body
    const input = { filePath: "a.ts", content: "let a  = {b :1}" }
    await it.call("POST", `/session/${id}/message`, script({ do: [{ tool: "write", input }] }, "Done."))
    const path = join(it.directory, "a.ts")
    expect(await Bun.file(path).text()).toBe("let a = { b: 1 };\n")
    const list = (await it.call("GET", `/session/${id}/message`)).body
    const outputs = list.flatMap(({ parts }: { parts: { state?: { output: string } }[] }) =>
      parts.flatMap(({ state }) => state?.output ?? []),
    )
    expect(outputs).toEqual([
      `Wrote file successfully.\n\nbiome formatted the file after the edit; its text may differ from yours: ${path}`,
    ])
  })
})

describe("what tools show is what is in the file afterwards", () => {
  test("edit", async () => {
    await using it = await biomeProject({ files: { "a.ts": "let a = 1;\n" } })
    const result = await toolRunner(it.instance).call("edit", { filePath: "a.ts", oldString: "1", newString: "[1,2]" })
    expect(await it.text("a.ts")).toBe("let a = [1, 2];\n")
    expect(result.metadata.diff).toContain("+let a = [1, 2];")
    expect(result.metadata.filediff).toMatchObject({ patch: result.metadata.diff, additions: 1, deletions: 1 })
    const order = it.heard("file.edited")
    expect(order).toHaveLength(1)
  })

  test("apply_patch, of moved files too", async () => {
    await using it = await biomeProject({ files: { "a.ts": "let a = 1;\n", "b.ts": "let b = 1;\n", "c.txt": "c\n" } })
    const patchText = [
      "*** Begin Patch",
      "*** Update File: a.ts",
      "@@",
      "-let a = 1;",
      "+let a = [1,2];",
      "*** Update File: b.ts",
      "*** Move to: d.ts",
      "@@",
      "-let b = 1;",
      "+let b = [1,2];",
      "*** Update File: c.txt",
      "@@",
      "-c",
      "+d",
      "*** End Patch",
    ].join("\n")
    const { metadata, output, title } = await toolRunner(it.instance).call("apply_patch", { patchText })
    expect(await it.text("a.ts")).toBe("let a = [1, 2];\n")
    expect(await it.text("d.ts")).toBe("let b = [1, 2];\n")
    const added = (metadata.files as { patch: string }[]).map(({ patch }) => patch.match(/^\+(?!\+)(.*)$/m)?.[1])
    expect(added).toEqual(["let a = [1, 2];", "let b = [1, 2];", "d"])
    expect(title).toBe("Success. Updated the following files:\nM a.ts\nM d.ts\nM c.txt")
    expect(output).toStartWith(`${title}\n\nbiome formatted`)
  })
})

describe("which formatter", () => {
  test("one is used below the directory that has its settings, from there", async () => {
    await using it = await testProject({
      files: {
        "opencode.json": '{"formatter":true}',
        "packages/one/biome.json": '{"formatter":{"indentStyle":"space","indentWidth":7}}',
        "packages/one/src/a.ts": "if (a) { b() }",
        "packages/two/a.ts": "if (a) { b() }",
      },
    })
    await symlink(join(repository, "node_modules"), join(it.project, "node_modules"))
    expect(await formatFile(it.instance, join(it.project, "packages/one/src/a.ts"))).toEqual(["biome"])
    expect(await it.text("packages/one/src/a.ts")).toBe("if (a) {\n       b();\n}\n")
    expect(await formatFile(it.instance, join(it.project, "packages/two/a.ts"))).toEqual([])
  })

  test("a package file can be the sign, and PATH has the program", async () => {
    await using it = await testProject({
      files: {
        "opencode.json": '{"formatter":true}',
        "package.json": '{"devDependencies":{"prettier":"3"}}',
        "bin/prettier": '#!/bin/sh\necho "$@" > called',
        "a.md": "text",
      },
      env: { PATH: `${process.env.PATH}:relative/bin` },
    })
    expect((await formatterStatus(it.instance)).find(({ name }) => name === "prettier")?.enabled).toBe(false)
    await mkdir(join(it.project, "node_modules"))
    await symlink("../bin", join(it.project, "node_modules/.bin"))
    await chmod(join(it.project, "bin/prettier"), 0o755)
    expect((await formatterStatus(it.instance)).find(({ name }) => name === "prettier")?.enabled).toBe(true)
    await formatFile(it.instance, join(it.project, "a.md"))
    expect(await it.text("called")).toBe(`--write --ignore-unknown ${join(it.project, "a.md")}\n`)
  })

  test("programs of a checkout that is not trusted are not run", async () => {
    await using it = await biomeProject({
      files: { "a.ts": "let a  = 1" },
      homeFiles: { ".config/opencode/opencode.json": '{"formatter":true}' },
      env: { OPENCODE_DISABLE_PROJECT_CONFIG: "1", PATH: "/usr/bin:/bin" },
    })
    expect(await formatFile(it.instance, join(it.project, "a.ts"))).toEqual([])
    expect(await it.text("a.ts")).toBe("let a  = 1")
  })

  test("the configuration switches off, overrides and adds", async () => {
    const config = {
      formatter: {
        biome: { disabled: true },
        prettier: own(append("p"), { environment: { MARK: "1" } }),
        first: own(`${append("1")}; ${append("-")}`),
        second: own('require("fs").appendFileSync(file, process.env.MARK ?? "none")', { environment: { MARK: "2" } }),
        third: { command: ["x"] },
      },
    }
    await using it = await biomeProject({ config, files: { "a.ts": "let a  = 1", "a.own": "" } })
    expect(await formatFile(it.instance, join(it.project, "a.ts"))).toEqual([])
    expect(await formatFile(it.instance, join(it.project, "a.own"))).toEqual(["prettier", "first", "second"])
    expect(await it.text("a.own")).toBe("p1-2")
    const status = await formatterStatus(it.instance)
    expect(status.map(({ name }) => name)).not.toContain("biome")
    expect(status.at(-1)).toEqual({ name: "second", extensions: [".own"], enabled: true })
    expect(it.lines.filter((line) => line.includes('"third"'))).toHaveLength(1)
  })

  test("files outside of the project stay as they are", async () => {
    await using it = await biomeProject({ homeFiles: { "a.ts": "let a  = 1" } })
    await symlink(join(it.home, "a.ts"), join(it.project, "link.ts"))
    expect(await formatFile(it.instance, join(it.project, "link.ts"))).toEqual([])
    expect(await Bun.file(join(it.home, "a.ts")).text()).toBe("let a  = 1")
  })
})

describe("a formatter that fails", () => {
  test("leaves the edit, and is told of in the log", async () => {
    await using it = await biomeProject({ files: { "a.ts": "" } })
    const result = await toolRunner(it.instance).call("write", { filePath: "a.ts", content: "let = (" })
    expect(result.output).toBe("Wrote file successfully.")
    expect(await it.text("a.ts")).toBe("let = (")
    const line = it.lines.find((each) => each.includes("A formatter failed"))
    expect(JSON.parse(line!)).toMatchObject({ formatter: "biome", code: 1, said: expect.stringContaining("a.ts") })
  })

  test("ends with the run, and the edit is there", async () => {
    const config = { formatter: { slow: own('console.log("up"); setInterval(() => {}, 1000)') } }
    await using it = await testProject({ files: { "opencode.json": JSON.stringify(config) } })
    const tools = toolRunner(it.instance)
    const call = tools.call("write", { filePath: "a.own", content: "text" })
    while (it.app.processes.list().length === 0) await Bun.sleep(5)
    tools.abort.abort()
    expect((await call).output).toBe("Wrote file successfully.")
    expect(it.app.processes.list()).toEqual([])
    expect(await it.text("a.own")).toBe("text")
  })

  test("one that cannot be started is told of in the log", async () => {
    await using it = await testProject({
      files: {
        "opencode.json": JSON.stringify({
          formatter: { own: { command: ["./broken", "$FILE"], extensions: [".own"] } },
        }),
        broken: "\u0001\u0002",
        "a.own": "text",
      },
    })
    await chmod(join(it.project, "broken"), 0o755)
    expect(await formatFile(it.instance, join(it.project, "a.own"))).toEqual([])
    expect(it.lines.some((line) => line.includes("could not be started"))).toBe(true)
  })
})

import { describe, expect, test } from "bun:test"
import { mkdir, rename, rm, symlink, unlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { disposeInstance, openInstance } from "../../src/instance/instance"
import { diagnoseChanges, lspStatus, prepareFile } from "../../src/lsp/lsp"
import { stopIdle } from "../../src/lsp/pool"
import { type ProjectSetup, testProject } from "../helper/project"
import { script } from "../helper/script"
import { testServer } from "../helper/server"
import { toolRunner } from "../helper/tools"

const repository = join(import.meta.dir, "../..")
const signal = new AbortController().signal

/** The configuration of the word server. It notes what it is told in the file `notes` of its project. */
const words = (more: object = {}) => ({
  lsp: {
    words: {
      command: [process.execPath, join(import.meta.dir, "word-server.ts"), "notes"],
      extensions: [".word"],
      ...more,
    },
  },
})

async function wordProject({ files = {}, config = words(), ...setup }: ProjectSetup & { config?: object } = {}) {
  const it = await testProject({ ...setup, files: { "opencode.json": JSON.stringify(config), ...files } })
  const path = (name: string) => join(it.project, name)
  return {
    ...it,
    path,
    notes: async () =>
      (await Bun.file(path("notes")).text())
        .trim()
        .split("\n")
        .map((line): [string, unknown] => JSON.parse(line)),
    diagnose: (name: string, event: "add" | "change" | "unlink" = "change") =>
      diagnoseChanges(it.instance, [{ file: path(name), event }], signal),
    status: () => lspStatus(it.instance),
    [Symbol.asyncDispose]: () => it[Symbol.asyncDispose](),
  }
}

/** Settles once `check` holds; everything here comes through the pipes of another process. */
async function eventually(check: () => unknown) {
  for (let tries = 0; tries < 200; tries++) {
    if (await check()) return
    await Bun.sleep(20)
  }
  throw new Error("It did not come to that")
}

const message = (text: string, line = 0) => ({
  range: { start: { line, character: 0 }, end: { line, character: 3 } },
  severity: 1,
  source: "words",
  message: `"${text}" is bad`,
})

describe("over HTTP", () => {
  test("there is nothing by default, and an edit starts nothing", async () => {
    await using it = await testServer({ files: { "a.ts": "const a = 1\n" } })
    expect((await it.call("GET", "/lsp")).body).toEqual([])
    expect((await it.call("GET", "/find/symbol?query=a")).body).toEqual([])
    await runTool(it, "write", { filePath: "a.ts", content: "const a: number = ''\n" })
    expect((await it.call("GET", "/lsp")).body).toEqual([])
    expect(it.heard("lsp.updated")).toEqual([])
  })

  test("the project's own compiler tells the model and the clients what an edit broke", async () => {
    await using it = await testServer({
      config: { lsp: true },
      files: {
        "package.json": "{}",
        "tsconfig.json": '{"compilerOptions":{"strict":true}}',
        "src/a.ts": "export {}\n",
      },
    })
    await symlink(join(repository, "node_modules"), join(it.directory, "node_modules"))
    const path = join(it.directory, "src/a.ts")
    const content = 'const first: number = "text"\nexport const second = first\n'
    const state = await runTool(it, "write", { filePath: path, content })

    const [diagnostic] = state.metadata.diagnostics[path]
    expect(diagnostic).toMatchObject({ severity: 1, code: 2322, range: { start: { line: 0, character: 6 } } })
    expect(state.output).toStartWith("Wrote file successfully.\n\n")
    expect(state.output).toContain(
      `<diagnostics file="${path}">\n1:7 Type 'string' is not assignable to type 'number'. (ts 2322)\n</diagnostics>`,
    )
    expect((await it.call("GET", "/lsp")).body).toEqual([
      { id: "typescript", name: "typescript", root: "", status: "connected" },
    ])
    const fixed = await runTool(it, "edit", { filePath: path, oldString: '"text"', newString: "1" })
    expect(fixed.output).toBe("Edit applied successfully.")
    expect(fixed.metadata.diagnostics).toEqual({})

    const { body } = await it.call("GET", "/find/symbol?query=second")
    expect(body).toEqual([
      {
        name: "second",
        kind: expect.any(Number),
        location: {
          uri: `file://${path}`,
          range: { start: { line: 1, character: 13 }, end: { line: 1, character: 19 } },
        },
      },
    ])
  })

  async function runTool(it: Awaited<ReturnType<typeof testServer>>, tool: string, args: object) {
    const { id } = (await it.call("POST", "/session", {})).body
    await it.call("POST", `/session/${id}/message`, script({ do: [{ tool, input: args }] }, "Done."))
    const list = (await it.call("GET", `/session/${id}/message`)).body
    const parts: { type: string; state: { status: string } }[] = list.flatMap(({ parts }: { parts: [] }) => parts)
    const state = parts.find(({ type }) => type === "tool")?.state
    expect(state).toMatchObject({ status: "completed" })
    // biome-ignore lint/suspicious/noExplicitAny: whatever the tool has told
    return state as any
  }
})

describe("a server that sends problems by itself", () => {
  test("is started for its files, told of each change, and its options are its settings too", async () => {
    await using it = await wordProject({
      files: { "a.word": "good\nbad\n", "b.txt": "bad\n" },
      config: words({ initialization: { words: { max: 7 } } }),
    })
    expect(await it.diagnose("b.txt")).toEqual({})
    expect(await it.status()).toEqual([])

    expect(await it.diagnose("a.word")).toEqual({ [it.path("a.word")]: [message("bad", 1)] })
    expect(await it.status()).toEqual([{ id: "words", name: "words", root: "", status: "connected" }])
    await writeFile(it.path("a.word"), "bad word\n")
    expect(await it.diagnose("a.word")).toEqual({ [it.path("a.word")]: [message("bad word")] })
    await writeFile(it.path("a.word"), "fine\n")
    expect(await it.diagnose("a.word")).toEqual({})

    expect(it.heard("lsp.updated")).toEqual([{ directory: it.project, properties: {} }])
    expect(it.heard("lsp.client.diagnostics")).toEqual(
      Array(3).fill({ directory: it.project, properties: { serverID: "words", path: it.path("a.word") } }),
    )
    const notes = await it.notes()
    expect(notes).toContainEqual(["initialize", { words: { max: 7 } }])
    expect(notes).toContainEqual(["settings", [7, { words: { max: 7 } }]])
    const order = notes.map(([method]) => method).filter((method) => ["open", "change", "save"].includes(method))
    expect(order).toEqual(["open", "save", "change", "save", "change", "save"])
    expect(notes).toContainEqual(["change", 3])
  })

  test("knows an open file that another program has changed meanwhile", async () => {
    await using it = await wordProject({ files: { "a.word": "one\n", "b.word": "two\n" } })
    await it.diagnose("a.word")
    await writeFile(it.path("a.word"), "changed outside\n")
    await it.diagnose("b.word")
    await eventually(async () => (await it.notes()).some(([method, detail]) => method === "change" && detail === 2))
  })

  test("hears of files that others add, change and remove, if it asked for them", async () => {
    await using it = await wordProject({ files: { "a.word": "one\n", "sub/c.txt": "" } })
    await it.diagnose("a.word")
    const told = async (name: string, type: number) => {
      const change = JSON.stringify({ uri: `file://${it.path(name)}`, type })
      return (await Bun.file(it.path("notes")).text()).includes(change)
    }
    // The watch is open a moment after the registration: what is done until then may be missed.
    await eventually(async () => {
      await rm(it.path("sub/b.word"), { force: true })
      await writeFile(it.path("sub/b.word"), "new\n")
      return told("sub/b.word", 1)
    })
    await eventually(async () => {
      await writeFile(it.path("sub/b.word"), "newer\n")
      return told("sub/b.word", 2)
    })
    await unlink(it.path("sub/b.word"))
    await eventually(() => told("sub/b.word", 3))
    expect(await Bun.file(it.path("notes")).text()).not.toContain("c.txt")

    await mkdir(it.path("later"))
    await eventually(async () => {
      await writeFile(it.path("later/d.word"), "new\n")
      await rename(it.path("later/d.word"), it.path("later/e.word"))
      return told("later/e.word", 1)
    })
  })

  test("forgets a file that a tool deletes", async () => {
    await using it = await wordProject({ files: { "a.word": "bad\n" } })
    await it.diagnose("a.word")
    await unlink(it.path("a.word"))
    expect(await it.diagnose("a.word", "unlink")).toEqual({})
    await eventually(async () => (await it.notes()).some(([method]) => method === "watched"))
    const notes = await it.notes()
    expect(notes).toContainEqual(["close", null])
    expect(notes).toContainEqual(["watched", [{ uri: `file://${it.path("a.word")}`, type: 3 }]])
  })

  test("is not waited for when the run ends, and less and less when it is silent", async () => {
    await using it = await wordProject({ files: { "a.word": "one\n" } })
    await it.diagnose("a.word")
    await writeFile(it.path("a.word"), "silence\n")
    const start = performance.now()
    expect(
      await diagnoseChanges(it.instance, [{ file: it.path("a.word"), event: "change" }], AbortSignal.timeout(50)),
    ).toEqual({})
    for (const count of [1, 2, 3]) {
      await writeFile(it.path("a.word"), `silence ${count}\n`)
      await diagnoseChanges(it.instance, [{ file: it.path("a.word"), event: "change" }], AbortSignal.timeout(50))
    }
    expect(performance.now() - start).toBeLessThan(1000)
    await writeFile(it.path("a.word"), "silence again\n")
    const last = performance.now()
    expect(await it.diagnose("a.word")).toEqual({})
    expect(performance.now() - last).toBeLessThan(1000)
  })

  test("is ready for the edit when the file has been read", async () => {
    await using it = await wordProject({ files: { "a.word": "bad\n" } })
    await toolRunner(it.instance).call("read", { filePath: it.path("a.word") })
    await eventually(() => it.heard("lsp.client.diagnostics").length > 0)
    const result = await toolRunner(it.instance).call("edit", {
      filePath: it.path("a.word"),
      oldString: "bad",
      newString: "bad word",
    })
    expect(result.metadata.diagnostics).toEqual({ [it.path("a.word")]: [message("bad word")] })
    expect(result.output).toEndWith(
      `<diagnostics file="${it.path("a.word")}">\n1:1 "bad word" is bad (words)\n</diagnostics>`,
    )
  })
})

describe("the life of a server", () => {
  test("one that crashes is an error, and starts again after a pause that grows", async () => {
    let now = Date.now()
    await using it = await wordProject({ files: { "a.word": "crash\n" }, now: () => now })
    const starts = async () => (await it.notes()).filter(([method]) => method === "initialize").length
    expect(await it.diagnose("a.word")).toEqual({})
    await eventually(async () => (await it.status())[0]?.status === "error")
    const line = it.lines.find((each) => each.includes("ended unexpectedly"))
    expect(JSON.parse(line!)).toMatchObject({ server: "words", code: 3, said: "a word that I cannot bear" })

    await writeFile(it.path("a.word"), "bad\n")
    expect(await it.diagnose("a.word")).toEqual({})
    expect(await starts()).toBe(1)
    now += 1000
    expect(await it.diagnose("a.word")).toEqual({ [it.path("a.word")]: [message("bad")] })
    expect((await it.status())[0]?.status).toBe("connected")
    expect(it.heard("lsp.updated")).toHaveLength(3)

    await writeFile(it.path("a.word"), "crash\n")
    await it.diagnose("a.word")
    await eventually(async () => (await it.status())[0]?.status === "error")
    now += 1999
    await it.diagnose("a.word")
    expect(await starts()).toBe(2)
    now += 1
    await it.diagnose("a.word")
    expect(await starts()).toBe(3)
  })

  test("a program that is no language server fails, with what it said in the log", async () => {
    const command = [process.execPath, "-e", "console.error('not me'); process.exit(1)"]
    await using it = await wordProject({ files: { "a.word": "bad\n" }, config: words({ command }) })
    expect(await it.diagnose("a.word")).toEqual({})
    expect((await it.status())[0]?.status).toBe("error")
    expect(it.lines.find((line) => line.includes("does not start"))).toContain("it ended with code 1: not me")
  })

  test("a program that prints something else without end is ended, and holds up nothing", async () => {
    await using it = await wordProject({ files: { "a.word": "bad\n" }, config: words({ command: ["yes"] }) })
    expect(await it.diagnose("a.word")).toEqual({})
    expect((await it.status())[0]?.status).toBe("error")
    expect(it.lines.find((line) => line.includes("does not start"))).toContain(
      "The language server prints something else than messages",
    )
    expect(it.app.processes.list()).toEqual([])
  })

  test("one that is not installed is nothing", async () => {
    await using it = await wordProject({
      files: { "a.word": "bad\n" },
      config: words({ command: ["no-such-program"] }),
    })
    expect(await it.diagnose("a.word")).toEqual({})
    expect(await it.status()).toEqual([])
  })

  test("one that nobody uses is ended, and starts when it is needed again", async () => {
    await using it = await wordProject({ files: { "a.word": "bad\n" } })
    await it.diagnose("a.word")
    await stopIdle(it.instance, it.app.now() - 60_000)
    expect(await it.status()).toHaveLength(1)
    await stopIdle(it.instance, it.app.now() + 1)
    expect(await it.status()).toEqual([])
    expect(it.app.processes.list()).toEqual([])
    expect(await it.notes()).toContainEqual(["exit", null])
    expect(Object.keys(await it.diagnose("a.word"))).toHaveLength(1)
  })

  test("it ends with the instance, also while it starts", async () => {
    await using it = await wordProject({ files: { "a.word": "bad\n" } })
    prepareFile(it.instance, it.path("a.word"))
    await eventually(() => it.app.processes.list().length > 0)
    await disposeInstance(it.instance)
    expect(it.app.processes.list()).toEqual([])

    const again = await openInstance(it.app, it.project)
    await diagnoseChanges(again, [{ file: it.path("a.word"), event: "change" }], signal)
    expect(it.app.processes.list()).toHaveLength(1)
    await disposeInstance(again)
    expect(it.app.processes.list()).toEqual([])
  })

  test("it ends when the configuration no longer has it", async () => {
    await using it = await testServer({ config: {}, files: { "a.word": "bad\n" } })
    await it.call("PATCH", "/config", words())
    const instance = await openInstance(it.app, it.directory)
    await diagnoseChanges(instance, [{ file: join(it.directory, "a.word"), event: "change" }], signal)
    expect((await it.call("GET", "/lsp")).body).toHaveLength(1)
    await it.call("PATCH", "/config", { lsp: { words: { ...words().lsp.words, disabled: true } } })
    expect((await it.call("GET", "/lsp")).body).toEqual([])
    await eventually(() => it.app.processes.list().length === 0)
  })

  test("files outside of the project are not shown to it", async () => {
    await using it = await wordProject({ homeFiles: { "a.word": "bad\n" }, files: { "b.word": "good\n" } })
    const file = join(it.home, "a.word")
    expect(await diagnoseChanges(it.instance, [{ file, event: "change" }], signal)).toEqual({})
    await symlink(file, it.path("c.word"))
    expect(await it.diagnose("c.word")).toEqual({})
    expect(await it.status()).toEqual([])
  })
})

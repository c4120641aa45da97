import { describe, expect, test } from "bun:test"
import { appendFile, mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { findBest } from "../../src/file/fuzzy"
import { candidate, pathList } from "../../src/file/path-list"
import { type TestServer, testServer } from "../helper/server"

const FILES = {
  ".gitignore": "dist\nnode_modules\n",
  "README.md": "# Demo\n",
  "src/index.ts": 'import { add } from "./util/math"\n',
  "src/util/math.ts": "export const add = 1\n",
  "src/util/text.ts": 'export const hello = "hello world"\n',
  "deep/one/leaf.md": "leaf\n",
  "with space/fi le.txt": "spaced\n",
  "dist/out.js": "hello\n",
}

const find = async (it: TestServer, query: Record<string, string>) =>
  (await it.call("GET", `/find/file?${new URLSearchParams(query)}`)).body

/** Asks until the answer fits: the system tells of changes a moment later. */
async function findUntil(it: TestServer, query: string, fits: (paths: string[]) => boolean) {
  for (let left = 200; left > 0; left--) {
    const paths = await find(it, { query, limit: "200" })
    if (fits(paths)) return paths
    await new Promise(setImmediate)
  }
  throw new Error(`No fitting answer for ${query}`)
}

describe("GET /find", () => {
  test("answers matching lines with their places", async () => {
    await using it = await testServer({ files: FILES })
    expect((await it.call("GET", "/find?pattern=hello")).body).toEqual([
      {
        path: { text: "src/util/text.ts" },
        lines: { text: 'export const hello = "hello world"\n' },
        line_number: 1,
        absolute_offset: 0,
        submatches: [
          { match: { text: "hello" }, start: 13, end: 18 },
          { match: { text: "hello" }, start: 22, end: 27 },
        ],
      },
    ])
    expect((await it.call("GET", "/find?pattern=zzz")).body).toEqual([])
    expect((await it.call("GET", "/find?pattern=--files")).body).toEqual([])
  })

  test("stops at ten and says what is wrong with an expression", async () => {
    await using it = await testServer({ files: { "a.txt": "x\n".repeat(100_000), "b.bin": "x\0x\n" } })
    expect((await it.call("GET", "/find?pattern=x")).body).toHaveLength(10)
    const answer = await it.call("GET", `/find?pattern=${encodeURIComponent("(")}`)
    expect(answer).toMatchObject({ status: 400, body: { name: "BadRequest" } })
    expect(answer.body.data.message).toContain("unclosed group")
    expect(it.app.processes.list()).toEqual([])
  })

  test("a hit in a line without end is found, the line is cut", async () => {
    await using it = await testServer()
    const long = `${'a "quoted" \\ text\t'.repeat(150_000)}needle${" and more".repeat(10_000)}`
    await writeFile(join(it.directory, "one-line.txt"), `first\n${long}\nlast needle\n`)
    await writeFile(join(it.directory, "one-line.bin"), Buffer.from(`\xe4${long}`, "latin1"))
    const { body } = await it.call("GET", "/find?pattern=needle")
    const at = long.indexOf("needle")
    expect(body).toEqual([
      {
        path: { text: "one-line.bin" },
        lines: { text: expect.stringMatching(/^\uFFFDa "quoted" .{1000,4000}$/s) },
        line_number: 1,
        absolute_offset: 0,
        submatches: [{ match: { text: "needle" }, start: at + 1, end: at + 7 }],
      },
      {
        path: { text: "one-line.txt" },
        lines: {
          text: expect.stringMatching(/^a "quoted" \\ text\t.{1000,4000} \[the rest of this line is left out\]$/s),
        },
        line_number: 2,
        absolute_offset: 6,
        submatches: [{ match: { text: "needle" }, start: at, end: at + 6 }],
      },
      expect.objectContaining({ path: { text: "one-line.txt" }, lines: { text: "last needle\n" }, line_number: 3 }),
    ])
  })

  test("text that is not UTF-8 does not break the answer", async () => {
    await using it = await testServer()
    await writeFile(join(it.directory, "latin.txt"), Buffer.from([0x68, 0xe4, 0x68, 0x0a]))
    expect((await it.call("GET", "/find?pattern=h")).body).toContainEqual(
      expect.objectContaining({ path: { text: "latin.txt" }, lines: { text: "h\uFFFDh\n" } }),
    )
  })
})

describe("GET /find/file", () => {
  test("a home directory is not searched, what is in it is", async () => {
    await using it = await testServer()
    const { home } = it.app.paths
    await mkdir(join(home, "code"))
    await writeFile(join(home, "code", "a.txt"), "")
    expect(await find(it, { query: "", dirs: "true", directory: home })).toEqual([])
    expect(await find(it, { query: "a", directory: home })).toEqual([])
    expect(await find(it, { query: "a", directory: "/" })).toEqual([])
    expect(await find(it, { query: "a", directory: join(home, "code") })).toEqual(["a.txt"])
  })

  test("finds files and directories by a few letters in any case", async () => {
    await using it = await testServer({ files: FILES })
    expect((await find(it, { query: "math" }))[0]).toBe("src/util/math.ts")
    expect((await find(it, { query: "MTHTS" }))[0]).toBe("src/util/math.ts")
    expect((await find(it, { query: "maht" }))[0]).toBe("src/util/math.ts")
    expect((await find(it, { query: "util/tx" }))[0]).toBe("src/util/text.ts")
    expect((await find(it, { query: "fi le" }))[0]).toBe("with space/fi le.txt")
    expect((await find(it, { query: "src" }))[0]).toBe("src/")
    expect(await find(it, { query: "out.js" })).not.toContain("dist/out.js")
    expect(await find(it, { query: "one", type: "directory", limit: "1" })).toEqual(["deep/one/"])
    expect(await find(it, { query: "src", dirs: "false", limit: "2" })).not.toContain("src/")
  })

  test("without letters the shortest paths come first", async () => {
    await using it = await testServer({ files: FILES })
    expect(await find(it, { query: "", limit: "3" })).toEqual(["README.md", ".gitignore", "src/index.ts"])
    expect((await find(it, { query: "", type: "directory" })).slice(0, 3)).toEqual(["/", "src/", "deep/"])
  })

  test("knows at once what is written, moved, deleted and ignored", async () => {
    await using it = await testServer({ files: FILES })
    await find(it, { query: "x" })
    await writeFile(join(it.directory, "src/brandnew.ts"), "")
    await findUntil(it, "brandnew", (paths) => paths[0] === "src/brandnew.ts")
    await mkdir(join(it.directory, "lib/inner"), { recursive: true })
    await writeFile(join(it.directory, "lib/inner/library.ts"), "")
    await findUntil(it, "library", (paths) => paths[0] === "lib/inner/library.ts")
    await writeFile(join(it.directory, "lib/inner/second.ts"), "")
    await findUntil(it, "second", (paths) => paths[0] === "lib/inner/second.ts")
    await mkdir(join(it.directory, "dist/sub"))
    await writeFile(join(it.directory, "dist/sub/brandnewer.ts"), "")
    await rm(join(it.directory, "src/util"), { recursive: true })
    const left = await findUntil(it, "ts", (paths) => !paths.some((path) => path.startsWith("src/util/")))
    expect(left).not.toContain("dist/sub/brandnewer.ts")
    // A directory that is watched itself goes.
    await rm(join(it.directory, "lib"), { recursive: true })
    await findUntil(it, "library", (paths) => !paths.some((path) => path.startsWith("lib/")))
    await mkdir(join(it.directory, "lib"))
    await writeFile(join(it.directory, "lib/library.ts"), "")
    await findUntil(it, "library", (paths) => paths[0] === "lib/library.ts")
    await appendFile(join(it.directory, ".gitignore"), "lib\n")
    await findUntil(it, "library", (paths) => !paths.some((path) => path.startsWith("lib/")))
  })

  test("a directory that does not exist has no files", async () => {
    await using it = await testServer()
    expect(await find(it, { query: "a", directory: join(it.root, "nope") })).toEqual([])
  })
})

describe("the best matches", () => {
  const best = (paths: string[], query: string, limit = 10) => findBest(pathList(paths.map(candidate)), query, limit)

  test.each([
    ["names before directories", "app", ["app/other.ts", "src/app.ts"], "src/app.ts"],
    ["beginnings before middles", "user", ["superuser.ts", "lib/user-list.ts"], "lib/user-list.ts"],
    ["whole names before beginnings", "user", ["user-list.ts", "lib/user.ts"], "lib/user.ts"],
    [
      "one piece before scattered letters",
      "test",
      ["the/east.ts", "some/long/path/testing.ts"],
      "some/long/path/testing.ts",
    ],
    ["beginnings of words before other letters", "fb", ["fiber.ts", "fooBar.ts"], "fooBar.ts"],
    ["fewer missing letters before more", "reamde", ["radme.md", "readme.md"], "readme.md"],
    ["letters of any language", "日誌", ["docs/誌日.md", "docs/日本の誌.md", "docs/日誌.md"], "docs/日誌.md"],
  ])("%s", (_, query, paths, expected) => {
    expect(best(paths, query)[0]).toBe(expected)
  })

  test("at most two letters of a word may be missing, and never all", () => {
    expect(best(["abcd.x"], "abcdyz")).toEqual(["abcd.x"])
    expect(best(["abcd.x"], "abcdwyz")).toEqual([])
    expect(best(["bcd"], "a")).toEqual([])
    expect(best(["a/b"], "  ")).toEqual([])
  })

  test("what is left out early would not have been among the best, in whatever order the paths come", () => {
    const words = ["src", "Stream", "index", "util", "handler", "viewModel", "store", "e", "日誌"]
    const word = (number: number) => words[number % words.length] ?? ""
    const paths = Array.from({ length: 500 }, (_, at) =>
      at % 11 === 0
        ? `${word(at)}/${word(at * 5)}-${at % 7}/`
        : `${word(at)}/${word(at * 5)}-${at % 7}/${word(at * 3)}${word(at >> 2)}${at}.ts`,
    )
    const queries = [
      "e",
      "st",
      "str",
      "index",
      "src/st",
      "srcutil",
      "vm",
      "hanlder",
      "utli store",
      "strem1",
      "誌日",
      "x",
    ]
    queries.push("viewmodelviewmodelviewmodelviewmodel", "handler-3/index", "s t o r e", "stroe.tsx", "src/", "rc/s")
    for (const query of queries) {
      const all = best(paths, query, paths.length)
      expect(best(paths, query, 3), query).toEqual(all.slice(0, 3))
      expect(best(paths.toReversed(), query, 25), query).toEqual(all.slice(0, 25))
    }
  })

  test("a hundred thousand paths take no time to speak of", () => {
    const words = ["src", "stream", "index", "util", "handler", "component", "view"]
    const paths = pathList(
      Array.from({ length: 100_000 }, (_, index) =>
        candidate(`packages/p${index % 300}/${words[index % 7]}/${words[(index * 3) % 5]}-${index}.ts`),
      ),
    )
    const start = process.cpuUsage()
    for (const query of ["handlr", "p12/stream", "comp view 77"]) findBest(paths, query, 10)
    const { user, system } = process.cpuUsage(start)
    // About 60 ms on a slow machine; far more would mean that something is no longer linear.
    expect((user + system) / 1000).toBeLessThan(1500)
  })
})

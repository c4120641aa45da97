import { describe, expect, test } from "bun:test"
import { mkdir, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { testServer } from "../helper/server"

const FILES = {
  ".gitignore": "dist\n*.log\n!keep.log\n",
  "b.txt": "one\ntwo\n",
  "A.txt": "",
  "x.log": "",
  "keep.log": "",
  "src/.gitignore": "/generated\n",
  "src/index.ts": "export {}\n",
  "src/generated/out.ts": "",
  "dist/deep/out.js": "",
}
const query = (path: string) => `?path=${encodeURIComponent(path)}`

describe("GET /file", () => {
  test("lists directories first and tells what git ignores", async () => {
    await using it = await testServer({ files: FILES })
    const { body } = await it.call("GET", `/file${query("")}`)
    expect(body.map((node: { path: string; ignored: boolean }) => [node.path, node.ignored])).toEqual([
      [".git/", false],
      ["dist/", true],
      ["src/", false],
      [".gitignore", false],
      ["A.txt", false],
      ["b.txt", false],
      ["keep.log", false],
      ["README.md", false],
      ["x.log", true],
    ])
    expect(body[2]).toEqual({
      name: "src",
      path: "src/",
      absolute: join(it.directory, "src"),
      type: "directory",
      ignored: false,
    })
    const below = await it.call("GET", `/file${query("src/")}`)
    expect(below.body.map((node: { path: string; ignored: boolean }) => [node.path, node.ignored])).toEqual([
      ["src/generated/", true],
      ["src/.gitignore", false],
      ["src/index.ts", false],
    ])
    const inner = await it.call("GET", `/file${query("dist/deep")}`)
    expect(inner.body).toMatchObject([{ path: "dist/deep/out.js", ignored: true }])
  })

  test.each([
    ["nope", 404, "Directory not found: nope"],
    ["b.txt", 400, "Not a directory: b.txt"],
    ["../", 400, "The path is outside of the project: ../"],
  ])("refuses %s", async (path, status, message) => {
    await using it = await testServer({ files: FILES })
    const answer = await it.call("GET", `/file${query(path)}`)
    expect(answer).toMatchObject({ status, body: { data: { message } } })
  })
})

describe("GET /file/content", () => {
  test("answers text, and other data in base64 with its kind; the bytes decide", async () => {
    await using it = await testServer({ files: { ...FILES, "logo.png": "only text", "crlf.txt": "a\r\nb\r\n" } })
    await writeFile(join(it.directory, "data.bin"), Buffer.from([0, 1, 2]))
    await writeFile(join(it.directory, "image.txt"), Buffer.from("89504e470d0a1a0a0000", "hex"))
    const content = async (path: string) => (await it.call("GET", `/file/content${query(path)}`)).body
    expect(await content("b.txt")).toEqual({ type: "text", content: "one\ntwo" })
    expect(await content(join(it.directory, "b.txt"))).toEqual({ type: "text", content: "one\ntwo" })
    expect(await content("crlf.txt")).toEqual({ type: "text", content: "a\r\nb" })
    expect(await content("logo.png")).toEqual({ type: "text", content: "only text" })
    expect(await content("nope.txt")).toEqual({ type: "text", content: "" })
    const binary = { type: "binary", encoding: "base64" }
    expect(await content("data.bin")).toEqual({ ...binary, content: "AAEC", mimeType: "application/octet-stream" })
    expect(await content("image.txt")).toMatchObject({ ...binary, mimeType: "image/png" })
  })

  test("answers a range of lines, also of files that are too large as a whole", async () => {
    await using it = await testServer({ files: { "lines.txt": "one\r\ntwo\nthree\n\nfive" } })
    const lines = async (query: string, path = "lines.txt") => it.call("GET", `/file/content?path=${path}&${query}`)
    expect((await lines("offset=2")).body).toEqual({ type: "text", content: "two\nthree\n\nfive" })
    expect((await lines("limit=1")).body.content).toBe("one")
    expect((await lines("offset=2&limit=2")).body.content).toBe("two\nthree")
    expect((await lines("offset=4&limit=1")).body.content).toBe("")
    expect((await lines("offset=5&limit=9")).body.content).toBe("five")
    expect((await lines("offset=6")).body.content).toBe("")
    for (const bad of ["offset=0", "limit=0", "offset=-1", "limit=1.5", "offset=x"])
      expect((await lines(bad)).status).toBe(400)

    const row = `${"x".repeat(999)}\n`
    await writeFile(join(it.directory, "large.log"), row.repeat(70_000))
    expect((await lines("", "large.log")).status).toBe(413)
    expect((await lines("offset=69999&limit=1", "large.log")).body.content).toBe(row.trimEnd())
    expect((await lines("offset=100&limit=200", "large.log")).body.content).toHaveLength(200 * 1000 - 1)
    await writeFile(join(it.directory, "data.bin"), new Uint8Array([0, 1, 2]))
    expect((await lines("offset=1", "data.bin")).status).toBe(400)
  })

  test("opens nothing outside of the project, however it is spelled", async () => {
    await using it = await testServer({ files: FILES })
    await writeFile(join(it.root, "secret"), "secret")
    await symlink(it.root, join(it.directory, "up"))
    await symlink("../../secret", join(it.directory, "src/innocent.ts"))
    const outside = [
      "../secret",
      "src/../../secret",
      join(it.root, "secret"),
      "up/secret",
      "src/innocent.ts",
      "/etc/hostname",
    ]
    for (const path of outside) {
      const answer = await it.call("GET", `/file/content${query(path)}`)
      expect([path, answer.status]).toEqual([path, 400])
      expect(answer.body.data.message).toBe(`The path is outside of the project: ${path}`)
    }
    for (const raw of ["%2e%2e%2fsecret", "..%2Fsecret", "src%2F..%2F..%2Fsecret"])
      expect((await it.call("GET", `/file/content?path=${raw}`)).status).toBe(400)
    expect((await it.call("GET", `/file/content${query("a\0b")}`)).status).toBe(400)
    const up = await it.call("GET", `/file${query("")}`)
    expect(up.body).toContainEqual(expect.objectContaining({ name: "up", type: "file" }))
  })

  test("keeps the server's own data to itself, also when the home directory is the project", async () => {
    await using it = await testServer()
    const { home, data } = it.app.paths
    await writeFile(join(data, "auth.json"), '{"key":"secret"}')
    await mkdir(join(data, "worktree/one"), { recursive: true })
    await writeFile(join(data, "worktree/one/a.txt"), "mine\n")
    const content = (path: string, directory: string) =>
      it.call("GET", `/file/content${query(path)}&directory=${encodeURIComponent(directory)}`)
    expect((await content(".local/share/opencode/auth.json", home)).status).toBe(400)
    expect((await content("auth.json", data)).status).toBe(400)
    expect((await content("a.txt", join(data, "worktree/one"))).body).toEqual({ type: "text", content: "mine" })
  })

  test("refuses directories", async () => {
    await using it = await testServer({ files: FILES })
    expect(await it.call("GET", `/file/content${query("src")}`)).toMatchObject({
      status: 400,
      body: { data: { message: "Not a file: src" } },
    })
  })
})

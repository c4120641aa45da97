import { expect, test } from "bun:test"
import { symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { testServer } from "../../helper/server"

test("files are found and listed with what they are", async () => {
  await using it = await testServer({ files: { "README.md": "# Hi\n", "src/read.ts": "" } })
  const found = (await it.call("GET", "/api/fs/find?query=read&limit=20")).body.data
  expect(found).toContainEqual({ path: "src/read.ts", type: "file" })
  expect((await it.call("GET", "/api/fs/find?query=src&type=directory")).body.data).toEqual([
    { path: "src/", type: "directory" },
  ])
  expect((await it.call("GET", "/api/fs/list")).body.data).toEqual([
    { path: ".git/", type: "directory" },
    { path: "src/", type: "directory" },
    { path: "README.md", type: "file" },
  ])
  expect((await it.call("GET", "/api/fs/list?path=src")).body.data).toEqual([{ path: "src/read.ts", type: "file" }])
  expect((await it.call("GET", "/api/fs/list?path=nope")).status).toBe(404)
})

test("a file is sent as it is, and cannot act as a page of this server", async () => {
  await using it = await testServer({ files: { "a b/päge.html": "<script>alert(1)</script>\n" } })
  const answer = await it.call("GET", `/api/fs/read/${encodeURIComponent("a b/päge.html")}`)
  expect(answer.status).toBe(200)
  expect(answer.body).toBe("<script>alert(1)</script>\n")
  expect(answer.headers.get("content-security-policy")).toContain("sandbox")
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff")
  expect((await it.call("GET", "/api/fs/read/a%20b/p%C3%A4ge.html")).status).toBe(200)
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
  await writeFile(join(it.directory, "all.bin"), bytes)
  const raw = await fetch(`${it.url}/api/fs/read/all.bin`)
  expect(new Uint8Array(await raw.arrayBuffer())).toEqual(bytes)
})

test("nothing outside of the project is listed or sent", async () => {
  await using it = await testServer({ files: { "a.txt": "" } })
  await writeFile(join(it.root, "secret.txt"), "secret")
  await symlink(join(it.root, "secret.txt"), join(it.directory, "link.txt"))
  await symlink(it.root, join(it.directory, "up"))
  for (const path of ["..%2Fsecret.txt", "link.txt", "up/secret.txt", encodeURIComponent(join(it.root, "secret.txt"))])
    expect({ path, status: (await it.call("GET", `/api/fs/read/${path}`)).status }).toEqual({ path, status: 400 })
  for (const path of ["..", "up", it.root])
    expect({ path, status: (await it.call("GET", `/api/fs/list?path=${path}`)).status }).toEqual({ path, status: 400 })
  for (const [path, status] of [
    ["nope", 404],
    [".git", 400],
    ["%E0%A4%A", 400],
    ["a%00b", 400],
  ] as const)
    expect({ path, status: (await it.call("GET", `/api/fs/read/${path}`)).status }).toEqual({ path, status })
})

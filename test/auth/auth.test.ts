import { describe, expect, test } from "bun:test"
import { chmod, lstat, mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { findAuth, listAuth, removeAuth, setAuth } from "../../src/auth/auth"
import { testProject } from "../helper/project"

const api = { type: "api" as const, key: "sk-test" }
const oauth = { type: "oauth" as const, refresh: "r", access: "a", expires: 1234 }
const wellknown = { type: "wellknown" as const, key: "K", token: "T" }
const file = (home: string) => join(home, ".local/share/opencode/auth.json")

describe("stored credentials", () => {
  test("are kept in a file that only the user can read", async () => {
    await using it = await testProject()
    expect(await listAuth(it.app)).toEqual({})
    await setAuth(it.app, "fake", api)
    await setAuth(it.app, "https://company.example/", wellknown)
    await setAuth(it.app, "fake", { ...api, metadata: { a: "b" } })

    const stored = { fake: { ...api, metadata: { a: "b" } }, "https://company.example": wellknown }
    expect(await listAuth(it.app)).toEqual(stored)
    expect(await findAuth(it.app, "fake")).toEqual(stored.fake)
    expect(await findAuth(it.app, "toString")).toBeUndefined()
    expect(await Bun.file(file(it.home)).text()).toBe(JSON.stringify(stored, undefined, 2))
    expect((await stat(file(it.home))).mode & 0o777).toBe(0o600)
    expect((await readdir(join(it.home, ".local/share/opencode"))).sort()).toEqual([".gitignore", "auth.json"])
  })

  test("become private even if the file was not", async () => {
    await using it = await testProject({
      homeFiles: { ".local/share/opencode/auth.json": JSON.stringify({ a: api }) },
    })
    await chmod(file(it.home), 0o644)
    await setAuth(it.app, "b", oauth)
    expect((await stat(file(it.home))).mode & 0o777).toBe(0o600)
    expect(await listAuth(it.app)).toEqual({ a: api, b: oauth })
  })

  test("are written at the end of a link, which stays one", async () => {
    await using it = await testProject({ homeFiles: { "synced/auth.json": JSON.stringify({ a: api }) } })
    await mkdir(join(it.home, ".local/share/opencode"), { recursive: true })
    await symlink(join(it.home, "synced/auth.json"), file(it.home))
    await setAuth(it.app, "b", oauth)
    expect((await lstat(file(it.home))).isSymbolicLink()).toBe(true)
    expect(await Bun.file(join(it.home, "synced/auth.json")).json()).toEqual({ a: api, b: oauth })
  })

  test("are removed; that there is none is no error", async () => {
    await using it = await testProject()
    await setAuth(it.app, "a", api)
    await setAuth(it.app, "b", api)
    await removeAuth(it.app, "a")
    await removeAuth(it.app, "nope")
    expect(await listAuth(it.app)).toEqual({ b: api })
  })

  test("of a kind that is not known stay in the file", async () => {
    const future = { type: "passkey", id: 1 }
    await using it = await testProject({
      homeFiles: { ".local/share/opencode/auth.json": JSON.stringify({ x: future }) },
    })
    expect(await listAuth(it.app)).toEqual({})
    await setAuth(it.app, "a", api)
    expect(await Bun.file(file(it.home)).json()).toEqual({ x: future, a: api })
  })

  test("set at once are all kept", async () => {
    await using it = await testProject()
    const ids = Array.from({ length: 10 }, (_, index) => `p${index}`)
    await Promise.all(ids.map((id) => setAuth(it.app, id, api)))
    expect(Object.keys(await listAuth(it.app))).toEqual(ids)
  })

  test("of the environment replace those of the file", async () => {
    await using it = await testProject({ env: { OPENCODE_AUTH_CONTENT: JSON.stringify({ env: oauth }) } })
    expect(await listAuth(it.app)).toEqual({ env: oauth })
  })

  test.each([
    ["no JSON", '{"a": sk-secret'],
    ["no object", '["sk-secret"]'],
  ])("in a file that holds %s are a clear error", async (_, text) => {
    await using it = await testProject({ homeFiles: { ".local/share/opencode/auth.json": text } })
    const failure = await listAuth(it.app).catch((error) => error)
    expect(failure).toMatchObject({ status: 500, body: { name: "UnknownError", data: { message: failure.message } } })
    expect(failure.message).toContain(file(it.home))
    expect(failure.message).not.toContain("secret")
    await expect(setAuth(it.app, "a", api)).rejects.toThrow()
    expect(await Bun.file(file(it.home)).text()).toBe(text)
    await writeFile(file(it.home), "")
    expect(await listAuth(it.app)).toEqual({})
  })
})

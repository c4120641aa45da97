import { describe, expect, test } from "bun:test"
import { chmod, mkdir, readdir, stat, symlink } from "node:fs/promises"
import { join } from "node:path"
import { getConfig } from "../../src/config/config"
import { updateConfig, updateGlobalConfig } from "../../src/config/update"
import { testProject } from "../helper/project"

describe("updateConfig", () => {
  test("changes the project's file, keeps its comments, and holds at once", async () => {
    await using it = await testProject({
      files: {
        "opencode.json":
          '{\n  // who\n  "username": "a", // me\n  "agent": { "x": { "prompt": "p" } },\n  "share": "auto"\n}\n',
      },
    })
    await chmod(join(it.project, "opencode.json"), 0o640)
    const before = await getConfig(it.instance)
    const answer = await updateConfig(it.instance, {
      username: "b",
      share: null,
      bogus: 1,
      agent: { x: { temperature: 1 }, y: { prompt: "q" } },
    })

    expect<unknown>(answer).toEqual({
      ...before,
      share: undefined,
      username: "b",
      agent: {
        x: { prompt: "p", temperature: 1, options: {}, permission: {} },
        y: { prompt: "q", options: {}, permission: {} },
      },
    })
    expect(await getConfig(it.instance)).toBe(answer)
    const text = await it.text("opencode.json")
    expect(text).toContain("  // who\n")
    expect(text).toContain('"username": "b", // me\n')
    expect(text).not.toContain("bogus")
    expect((await stat(join(it.project, "opencode.json"))).mode & 0o777).toBe(0o640)
    expect(await readdir(it.project)).toEqual([".git", "opencode.json"])
    expect(it.heard("server.instance.disposed")).toEqual([
      { directory: it.project, properties: { directory: it.project } },
    ])
    expect(it.instance.signal.aborted).toBe(false)
  })

  test("makes a file when there is none", async () => {
    await using it = await testProject({ directory: "sub", files: { "sub/x": "" } })
    await updateConfig(it.instance, { permission: { bash: "ask" } })
    expect(JSON.parse(await it.text("sub/opencode.json"))).toEqual({
      $schema: "https://opencode.ai/config.json",
      permission: { bash: "ask" },
    })
  })

  test("changes nothing when the patch or the file is wrong", async () => {
    await using it = await testProject({ files: { "opencode.json": '{ "username": "a" }' } })
    await getConfig(it.instance)
    await expect(updateConfig(it.instance, { model: 5 })).rejects.toMatchObject({
      status: 400,
      body: { name: "BadRequest", data: { message: 'Expected string | null, got 5\n  at ["model"]', kind: "Payload" } },
    })
    await expect(updateConfig(it.instance, { username: "{file:./nope}" })).rejects.toMatchObject({
      status: 400,
      body: { name: "ConfigInvalidError" },
    })
    await Bun.write(join(it.project, "opencode.json"), "{ broken")
    await expect(updateConfig(it.instance, { username: "b" })).rejects.toMatchObject({
      status: 400,
      body: { name: "ConfigJsonError" },
    })
    expect(await it.text("opencode.json")).toBe("{ broken")
    expect(it.heard("server.instance.disposed")).toEqual([])
  })

  test("does not write through a link out of the project", async () => {
    await using it = await testProject({ homeFiles: { "other.json": "{}" } })
    await symlink(join(it.home, "other.json"), join(it.project, "opencode.json"))
    await expect(updateConfig(it.instance, { username: "b" })).rejects.toMatchObject({ status: 400 })
    expect(await Bun.file(join(it.home, "other.json")).text()).toBe("{}")
  })

  test("applies changes that come at once one after the other", async () => {
    await using it = await testProject()
    const names = Array.from({ length: 8 }, (_, index) => `agent-${index}`)
    await Promise.all(names.map((name) => updateConfig(it.instance, { agent: { [name]: { prompt: name } } })))
    expect(Object.keys((await getConfig(it.instance)).agent ?? {})).toEqual(names)
  })
})

describe("updateGlobalConfig", () => {
  test("changes the user's file and tells every directory that had read it", async () => {
    await using it = await testProject()
    await getConfig(it.instance)
    const answer = await updateGlobalConfig(it.app, { username: "g", theme: "x" })
    expect<unknown>(answer).toEqual({ $schema: "https://opencode.ai/config.json", username: "g" })
    expect(await readdir(join(it.home, ".config/opencode"))).toEqual(["opencode.jsonc"])
    expect(it.heard("server.instance.disposed")).toEqual([
      { directory: it.project, properties: { directory: it.project } },
    ])
    expect(it.heard("global.disposed")).toEqual([{ directory: "global", properties: {} }])
    expect((await getConfig(it.instance)).username).toBe("g")
  })

  test("says nothing when nothing changes, and uses the file that is there", async () => {
    await using it = await testProject({ homeFiles: { ".config/opencode/opencode.json": '{"username":"g"}' } })
    await getConfig(it.instance)
    await updateGlobalConfig(it.app, { username: "g", bogus: 1 })
    expect(it.heard("global.disposed")).toEqual([])
    await updateGlobalConfig(it.app, { username: "h" })
    expect(await Bun.file(join(it.home, ".config/opencode/opencode.json")).json()).toEqual({ username: "h" })
  })

  test("follows a link that the user made", async () => {
    await using it = await testProject({ homeFiles: { "dotfiles/opencode.json": "{}" } })
    await mkdir(join(it.home, ".config/opencode"), { recursive: true })
    await symlink(join(it.home, "dotfiles/opencode.json"), join(it.home, ".config/opencode/opencode.json"))
    await updateGlobalConfig(it.app, { username: "g" })
    expect(await Bun.file(join(it.home, "dotfiles/opencode.json")).json()).toEqual({ username: "g" })
  })
})

import { describe, expect, test } from "bun:test"
import { mkdir, rm, symlink } from "node:fs/promises"
import { userInfo } from "node:os"
import { join } from "node:path"
import { configDirectories, configState, getConfig, getGlobalConfig } from "../../src/config/config"
import { managedDirectory } from "../../src/config/directories"
import { testProject } from "../helper/project"

const $schema = "https://opencode.ai/config.json"
const defaults = { $schema, command: {}, plugin: [], mode: {}, agent: {}, username: userInfo().username }

describe("getConfig", () => {
  test("has its defaults without any file, and makes none", async () => {
    await using it = await testProject()
    expect(await getConfig(it.instance)).toEqual(defaults)
    expect(await getGlobalConfig(it.app)).toEqual({ $schema })
    expect(await configDirectories(it.instance)).toEqual([])
    expect(await Bun.file(join(it.home, ".config/opencode/opencode.jsonc")).exists()).toBe(false)
  })

  test("merges all sources in their order", async () => {
    await using it = await testProject({
      directory: "sub",
      homeFiles: {
        ".config/opencode/config.json": '{ "username": "1", "model": "a/1", "instructions": ["G.md"] }',
        ".config/opencode/opencode.json": '{ "username": "2", "small_model": "a/2" }',
        ".config/opencode/opencode.jsonc": '{ "username": "3", "share": "manual" }',
        ".opencode/opencode.json": '{ "username": "9", "compaction": { "tail_turns": 9 } }',
        "named.json": '{ "username": "4", "autoupdate": false }',
        "extra/opencode.json": '{ "username": "10", "watcher": { "ignore": ["10"] } }',
      },
      files: {
        "opencode.json":
          '{ "username": "5", "instructions": ["P.md", "G.md"], "provider": { "p": { "name": "five", "npm": "x" } } }',
        "opencode.jsonc": '{\n  // the later name wins\n  "username": "6", "layout": "auto",\n}',
        "sub/opencode.json": '{ "username": "7", "provider": { "p": { "name": "seven" } } }',
        ".opencode/opencode.json": '{ "username": "8", "logLevel": "DEBUG" }',
        "sub/.opencode/opencode.jsonc": '{ "username": "8b", "snapshot": false, "theme": "unknown" }',
      },
      env: {
        OPENCODE_CONFIG: "../home/named.json",
        OPENCODE_CONFIG_DIR: "../home/extra",
        OPENCODE_CONFIG_CONTENT: '{ "username": "11", "disabled_providers": ["11"] }',
        OPENCODE_PERMISSION: '{ "bash": "ask" }',
        OPENCODE_DISABLE_AUTOCOMPACT: "1",
        OPENCODE_DISABLE_PRUNE: "true",
      },
    })
    expect<unknown>(await getConfig(it.instance)).toEqual({
      ...defaults,
      model: "a/1",
      small_model: "a/2",
      share: "manual",
      autoupdate: false,
      layout: "auto",
      logLevel: "DEBUG",
      snapshot: false,
      compaction: { tail_turns: 9, auto: false, prune: false },
      watcher: { ignore: ["10"] },
      disabled_providers: ["11"],
      username: "11",
      instructions: ["G.md", "P.md"],
      provider: { p: { name: "seven", npm: "x" } },
      permission: { bash: "ask" },
    })
    expect(await configDirectories(it.instance)).toEqual([
      join(it.home, ".config/opencode"),
      join(it.project, ".opencode"),
      join(it.project, "sub/.opencode"),
      join(it.home, ".opencode"),
      join(it.home, "extra"),
    ])
    expect(await getGlobalConfig(it.app)).toEqual({
      $schema,
      username: "3",
      model: "a/1",
      small_model: "a/2",
      share: "manual",
      instructions: ["G.md"],
    })
  })

  test("leaves out what the checkout says when it is told to", async () => {
    await using it = await testProject({
      files: { "opencode.json": "{ broken", ".opencode/opencode.json": '{ "username": "no" }' },
      env: { OPENCODE_DISABLE_PROJECT_CONFIG: "1" },
    })
    expect(await getConfig(it.instance)).toEqual(defaults)
  })

  test("does not look above a directory outside of git, unless it is below the home directory", async () => {
    await using it = await testProject({
      git: false,
      directory: "sub",
      files: { "opencode.json": '{ "username": "no" }' },
    })
    expect(await getConfig(it.instance)).toEqual(defaults)
  })

  test("turns what used to be said otherwise into today's words", async () => {
    await using it = await testProject({
      files: {
        "opencode.json": JSON.stringify({
          autoshare: true,
          tools: { webfetch: false },
          permission: "ask",
          mode: { old: { prompt: "Old", tools: { bash: true, write: false } } },
          agent: { mine: { maxSteps: 3, reasoningEffort: "high", options: { a: 1 }, permission: { edit: "allow" } } },
        }),
      },
    })
    expect<unknown>(await getConfig(it.instance)).toEqual({
      ...defaults,
      share: "auto",
      tools: { webfetch: false },
      permission: { "*": "ask", webfetch: "deny" },
      mode: { old: { prompt: "Old", tools: { bash: true, write: false } } },
      agent: {
        old: {
          mode: "primary",
          prompt: "Old",
          tools: { bash: true, write: false },
          options: {},
          permission: { bash: "allow", edit: "deny" },
        },
        mine: { steps: 3, options: { reasoningEffort: "high", a: 1 }, permission: { edit: "allow" } },
      },
    })
  })

  test("reads agents, modes and commands from Markdown files", async () => {
    await using it = await testProject({
      homeFiles: { ".config/opencode/agent/globby.md": "---\ndescription: Global\nmode: subagent\n---\nGLOBBY\n" },
      files: {
        ".opencode/agent/deep/er.md":
          "---\r\ndescription: Use when: asked\r\ntools:\r\n  write: false\r\n---\r\nDEEPER\r\n",
        ".opencode/agents/plain.md": "Just a prompt\n",
        ".opencode/mode/talk.md": "---\ntemperature: 0.2\n---\nTALK\n",
        ".opencode/command/nested/go.md": "---\nagent: plan\nsubtask: true\nunknown: 1\n---\nGo $1\n",
        ".opencode/commands/empty.md": "---\n---\n",
        ".opencode/agent/notes.txt": "no agent",
      },
    })
    expect<unknown>(await getConfig(it.instance)).toEqual({
      ...defaults,
      agent: {
        globby: {
          name: "globby",
          description: "Global",
          mode: "subagent",
          prompt: "GLOBBY",
          options: {},
          permission: {},
        },
        "deep/er": {
          name: "deep/er",
          description: "Use when: asked",
          tools: { write: false },
          prompt: "DEEPER",
          options: {},
          permission: { edit: "deny" },
        },
        plain: { name: "plain", prompt: "Just a prompt", options: {}, permission: {} },
        talk: { name: "talk", temperature: 0.2, mode: "primary", prompt: "TALK", options: {}, permission: {} },
      },
      command: { "nested/go": { template: "Go $1", agent: "plan", subtask: true }, empty: { template: "" } },
    })
  })

  test("fills in variables and files", async () => {
    await using it = await testProject({
      homeFiles: { "key.txt": "from-home\n" },
      files: {
        "secret.txt": '  a "quoted" line\n',
        "opencode.json": JSON.stringify({
          username: "{env:WHO} and {env:NOBODY}{env:constructor}!",
          model: "{file:./secret.txt}",
          small_model: "{file:~/key.txt}",
          instructions: ["{env:WHO}.md"],
        }),
      },
      env: { WHO: 'me", "share": "auto' },
    })
    expect<unknown>(await getConfig(it.instance)).toEqual({
      ...defaults,
      username: 'me", "share": "auto and !',
      model: 'a "quoted" line',
      small_model: "from-home",
      instructions: ['me", "share": "auto.md'],
    })
  })

  test("is the same object until something changes, and state made from it lives as long", async () => {
    await using it = await testProject()
    let made = 0
    const state = configState(async (_, config) => ({ made: ++made, config }))
    expect(await getConfig(it.instance)).toBe(await getConfig(it.instance))
    expect(await state(it.instance)).toBe(await state(it.instance))
    expect(made).toBe(1)
  })
})

describe("a configuration that is wrong", () => {
  const failure = async (it: Awaited<ReturnType<typeof testProject>>) =>
    getConfig(it.instance).then(
      () => "no error",
      (error) => ({ status: error.status, body: error.body, message: error.message }),
    )

  test("is refused with place and reason, for every JSON error, without quoting the file", async () => {
    await using it = await testProject({ files: { "opencode.json": '{\n  "model": "secret-a",\n  bad\n  "x": 1\n' } })
    const path = join(it.project, "opencode.json")
    const message = "Line 3, column 3: invalid symbol\nLine 5, column 1: close brace expected"
    expect(await failure(it)).toEqual({
      status: 400,
      body: { name: "ConfigJsonError", data: { path, message } },
      message: `${path}: ${message}`,
    })
  })

  test.each([
    [
      "values of a wrong type",
      '{ "model": 5, "permission": { "bash": "sometimes" } }',
      [
        { path: ["model"], message: "Expected string | undefined, got 5" },
        { path: ["permission", "bash"], message: 'Expected PermissionActionConfig, got "sometimes"' },
      ],
    ],
    ["null", '{ "model": null }', [{ path: ["model"], message: "Expected string | undefined, got null" }]],
    ["a list at the top", "[]", [{ path: [], message: "Expected object" }]],
  ])("%s", async (_, text, issues) => {
    await using it = await testProject({ files: { "opencode.json": text } })
    const path = join(it.project, "opencode.json")
    expect(await failure(it)).toMatchObject({
      status: 400,
      body: { name: "ConfigInvalidError", data: { path, issues } },
    })
  })

  test("does not show what a file reference brought in", async () => {
    await using it = await testProject({
      homeFiles: { key: "top-secret" },
      files: { "opencode.json": '{ "share": "{file:~/key}", "username": "{file:~/key}" }' },
    })
    expect(await failure(it)).toMatchObject({
      body: { data: { issues: [{ path: ["share"], message: expect.stringContaining("{file:~/key}") }] } },
    })
    expect(JSON.stringify(await failure(it))).not.toContain("top-secret")
  })

  test("names a file that is missing or cannot be read", async () => {
    await using it = await testProject({ files: { "opencode.json": '{ "username": "{file:./nope.txt}" }' } })
    const path = join(it.project, "opencode.json")
    expect(await failure(it)).toMatchObject({
      status: 400,
      body: {
        name: "ConfigInvalidError",
        data: { path, message: `bad file reference: "{file:./nope.txt}" ${it.project}/nope.txt does not exist` },
      },
    })
    await symlink("/dev/zero", join(it.project, "nope.txt"))
    expect(await failure(it)).toMatchObject({
      body: { data: { path: `${it.project}/nope.txt`, message: "cannot be read: not a regular file" } },
    })
  })

  test("may be a Markdown file", async () => {
    await using it = await testProject({ files: { ".opencode/agent/x.md": "---\nmode: sideways\n---\nx\n" } })
    expect(await failure(it)).toMatchObject({
      status: 400,
      body: {
        name: "ConfigInvalidError",
        data: {
          path: join(it.project, ".opencode/agent/x.md"),
          issues: [{ path: ["mode"], message: expect.stringContaining('got "sideways"') }],
        },
      },
    })
  })

  test("counts again as soon as it has been repaired", async () => {
    await using it = await testProject({ files: { "opencode.json": "{" } })
    expect(await failure(it)).toMatchObject({ status: 400 })
    await rm(join(it.project, "opencode.json"))
    await mkdir(join(it.project, "opencode.json"))
    expect(await getConfig(it.instance)).toEqual(defaults)
  })
})

test.each([
  ["linux", "/etc/opencode"],
  ["darwin", "/Library/Application Support/opencode"],
])("the administrator's directory on %s", (platform, directory) => {
  expect(managedDirectory(platform, {})).toBe(directory)
})

import { describe, expect, test } from "bun:test"
import { join, relative } from "node:path"
import { defaultAgent, findAgent, getAgent, listAgents } from "../../src/agent/agent"
import { testProject } from "../helper/project"

type Rule = [permission: string, pattern: string, action: string]
const short = (rules: { permission: string; pattern: string; action: string }[]) =>
  rules.map(({ permission, pattern, action }): Rule => [permission, pattern, action])

const places = (it: Awaited<ReturnType<typeof testProject>>) => {
  const data = join(it.home, ".local/share/opencode")
  const output: Rule = ["external_directory", `${data}/tool-output/*`, "allow"]
  const outside = (...skills: string[]): Rule[] => [
    ["external_directory", "*", "ask"],
    output,
    ["external_directory", join(it.root, "tmp/opencode/*"), "allow"],
    ...skills.map((folder): Rule => ["external_directory", join(it.project, folder, "*"), "allow"]),
  ]
  const base = (...skills: string[]): Rule[] => [
    ["*", "*", "allow"],
    ["doom_loop", "*", "ask"],
    ...outside(...skills),
    ["question", "*", "deny"],
    ["plan_enter", "*", "deny"],
    ["plan_exit", "*", "deny"],
    ["read", "*", "allow"],
    ["read", "*.env", "ask"],
    ["read", "*.env.*", "ask"],
    ["read", "*.env.example", "allow"],
  ]
  return { data, output, outside, base }
}

describe("listAgents", () => {
  test("has the built-in ones with their rules", async () => {
    await using it = await testProject()
    const { base, data, outside, output } = places(it)
    const text = expect.any(String)
    const native = { native: true, options: {} }
    const agents = await listAgents(it.instance)
    expect(agents.map(({ permission, ...agent }) => agent)).toEqual([
      { ...native, name: "build", mode: "primary", description: text },
      { ...native, name: "compaction", mode: "primary", hidden: true, prompt: text },
      { ...native, name: "explore", mode: "subagent", description: text, prompt: text },
      { ...native, name: "general", mode: "subagent", description: text },
      {
        ...native,
        name: "plan",
        mode: "primary",
        description: "Looks, thinks and plans with you, and changes no files.",
      },
      { ...native, name: "summary", mode: "primary", hidden: true, prompt: text },
      { ...native, name: "title", mode: "primary", hidden: true, prompt: text, temperature: 0.5 },
    ])
    const nothing: Rule[] = [...base(), ["*", "*", "deny"], output]
    expect(Object.fromEntries(agents.map(({ name, permission }) => [name, short(permission)]))).toEqual({
      build: [...base(), ["question", "*", "allow"], ["plan_enter", "*", "allow"], output],
      compaction: nothing,
      explore: [
        ...base(),
        ["*", "*", "deny"],
        ["grep", "*", "allow"],
        ["glob", "*", "allow"],
        ["list", "*", "allow"],
        ["bash", "*", "allow"],
        ["webfetch", "*", "allow"],
        ["websearch", "*", "allow"],
        ["read", "*", "allow"],
        ...outside(),
        output,
      ],
      general: [...base(), ["todowrite", "*", "deny"], output],
      plan: [
        ...base(),
        ["question", "*", "allow"],
        ["plan_exit", "*", "allow"],
        ["task", "general", "deny"],
        ["external_directory", `${data}/plans/*`, "allow"],
        ["edit", "*", "deny"],
        ["edit", ".opencode/plans/*.md", "allow"],
        ["edit", relative(it.project, `${data}/plans/*.md`), "allow"],
        output,
      ],
      summary: nothing,
      title: nothing,
    })
  })

  test("adds what the configuration says, after what comes before it", async () => {
    await using it = await testProject({
      files: {
        "opencode.json": JSON.stringify({
          default_agent: "mine",
          permission: { webfetch: "ask" },
          agent: {
            plan: { disable: true },
            build: { temperature: 0.7, model: "a/b/c", permission: { bash: { "*": "ask", "git *": "allow" } } },
            mine: {
              description: "Mine",
              mode: "primary",
              prompt: "P",
              top_p: 0.5,
              color: "#ff0000",
              hidden: false,
              steps: 2,
              variant: "high",
              custom: true,
              tools: { write: false },
            },
          },
        }),
        ".opencode/skill/demo/SKILL.md": "---\nname: demo\n---\n",
      },
    })
    const { base, output } = places(it)
    const rules: Rule[] = [...base(".opencode/skill/demo"), ["webfetch", "*", "ask"]]
    const agents = await listAgents(it.instance)
    expect(agents.map(({ name }) => name)).toEqual([
      "mine",
      "build",
      "compaction",
      "explore",
      "general",
      "summary",
      "title",
    ])
    const { permission, ...mine } = agents[0]!
    expect(mine).toEqual({
      name: "mine",
      description: "Mine",
      mode: "primary",
      native: false,
      prompt: "P",
      topP: 0.5,
      color: "#ff0000",
      hidden: false,
      steps: 2,
      variant: "high",
      options: { custom: true },
    })
    expect(short(permission)).toEqual([...rules, ["edit", "*", "deny"], output])
    const build = agents[1]!
    expect(build).toMatchObject({ temperature: 0.7, model: { providerID: "a", modelID: "b/c" } })
    expect(short(build.permission)).toEqual([
      ...base(".opencode/skill/demo"),
      ["question", "*", "allow"],
      ["plan_enter", "*", "allow"],
      ["webfetch", "*", "ask"],
      ["bash", "*", "ask"],
      ["bash", "git *", "allow"],
      output,
    ])
  })

  test("does not allow saved output where exactly that is denied", async () => {
    await using it = await testProject()
    const { output } = places(it)
    await using other = await testProject({
      env: {
        OPENCODE_PERMISSION: JSON.stringify({ external_directory: { [output[1].replace(it.root, "X")]: "deny" } }),
      },
    })
    const [build] = await listAgents(other.instance)
    expect(short(build!.permission).at(-1)).toEqual(places(other).output)
    await using third = await testProject({ files: { "opencode.json": "{}" } })
    await Bun.write(
      join(third.project, "opencode.json"),
      JSON.stringify({ permission: { external_directory: { [places(third).output[1]]: "deny" } } }),
    )
    expect(short((await listAgents(third.instance))[0]!.permission).at(-1)).toEqual([
      "external_directory",
      places(third).output[1],
      "deny",
    ])
  })
})

describe("the agent of a prompt", () => {
  test("is found by its name, hidden ones too", async () => {
    await using it = await testProject()
    expect((await getAgent(it.instance, "title")).name).toBe("title")
    expect(await findAgent(it.instance, "nope")).toBeUndefined()
    await expect(getAgent(it.instance, "nope")).rejects.toMatchObject({
      status: 404,
      message: 'Agent not found: "nope". Available agents: build, explore, general, plan',
    })
  })

  test.each([
    ["build without a word", {}, "build"],
    ["the configured one", { default_agent: "plan" }, "plan"],
    ["another primary one when build is disabled", { agent: { build: { disable: true } } }, "plan"],
  ])("is by default %s", async (_, config, name) => {
    await using it = await testProject({ files: { "opencode.json": JSON.stringify(config) } })
    expect((await defaultAgent(it.instance)).name).toBe(name)
  })

  test.each([
    [{ default_agent: "nope" }, 'The default_agent "nope" cannot be used: there is no such agent'],
    [{ default_agent: "explore" }, 'The default_agent "explore" cannot be used: it is a subagent'],
    [{ default_agent: "title" }, 'The default_agent "title" cannot be used: it is hidden'],
    [
      { agent: { build: { disable: true }, plan: { disable: true } } },
      "There is no agent to talk to: all primary agents are disabled",
    ],
  ])("is refused: %j", async (config, message) => {
    await using it = await testProject({ files: { "opencode.json": JSON.stringify(config) } })
    await expect(defaultAgent(it.instance)).rejects.toMatchObject({ status: 400, message })
  })
})

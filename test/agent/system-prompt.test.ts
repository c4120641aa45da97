import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { getAgent } from "../../src/agent/agent"
import { systemPrompt } from "../../src/agent/system-prompt"
import { nearbyInstructions } from "../../src/config/instruction-files"
import { type ProjectSetup, testProject } from "../helper/project"

const model = { providerID: "fake", id: "fake-model", name: "Fake Model" }
const now = () => Date.parse("2026-11-22T12:00:00Z")
const files = {
  "AGENTS.md": "ROOT\n",
  "CLAUDE.md": "CLAUDE\n",
  "sub/AGENTS.md": "SUB\n",
  "sub/deep/CLAUDE.md": "DEEP-CLAUDE\n",
  "sub/deep/er/AGENTS.md": "DEEPER\n",
  "sub/deep/er/file.ts": "",
}

async function headings(setup: ProjectSetup) {
  await using it = await testProject(setup)
  const text = await systemPrompt(it.instance, { agent: await getAgent(it.instance, "build"), model })
  return [...text.matchAll(/^Instructions from: (.*)\n(.*)$/gm)].map(([, path, content]) => [
    path!.replace(`${it.root}/`, ""),
    content,
  ])
}

describe("systemPrompt", () => {
  test("has its parts in order", async () => {
    await using it = await testProject({
      now,
      directory: "sub",
      files: {
        ...files,
        ".opencode/skill/demo/SKILL.md": "---\nname: demo\ndescription: Shows </skill> things\n---\n",
        ".opencode/skill/mute/SKILL.md": "---\nname: mute\n---\n",
        "opencode.json":
          '{ "agent": { "mine": { "prompt": "MINE", "permission": { "skill": { "customize*": "deny" } } } } }',
      },
    })
    const agent = await getAgent(it.instance, "mine")
    const format = { type: "json_schema" as const, schema: {}, retryCount: 2 }
    expect(await systemPrompt(it.instance, { agent, model, system: "EXTRA", format })).toBe(`MINE

Model: Fake Model (fake/fake-model)
<env>
  Working directory: ${it.project}/sub
  Workspace root: ${it.project}
  Git repository: yes
  Platform: ${process.platform}
  Today's date: Sun Nov 22 2026
</env>

Instructions from: ${it.project}/AGENTS.md
ROOT

Instructions from: ${it.project}/sub/AGENTS.md
SUB

There are skills: instructions for special tasks. When one fits the task at hand, load it with the skill tool before you begin.
<available_skills>
  <skill>
    <name>demo</name>
    <description>Shows &lt;/skill&gt; things</description>
    <location>${it.project}/.opencode/skill/demo/SKILL.md</location>
  </skill>
</available_skills>

EXTRA

The answer is read by a program. When you are done, give it by calling the StructuredOutput tool exactly once, with arguments that fit its schema. Text outside of that call is thrown away.`)
  })

  test("says to a subagent that nobody else sees its work, and to all how to work", async () => {
    await using it = await testProject({ git: false })
    const of = async (name: string) => systemPrompt(it.instance, { agent: await getAgent(it.instance, name), model })
    const [build, general, explore] = await Promise.all(["build", "general", "explore"].map(of))
    const base = build!.slice(0, build!.indexOf("\n\nModel:"))
    expect(general!.startsWith(base)).toBe(true)
    expect(general!.length).toBeGreaterThan(build!.length)
    expect(explore!).not.toContain(base)
    expect(build).toContain("Git repository: no")
    expect(await of("title")).toContain("title generator")
    expect((await of("compaction")).slice(0, 600)).toContain("summar")
  })
})

describe("instruction files", () => {
  test.each<[string, ProjectSetup, string[][]]>([
    [
      "the user's own come first",
      { files, homeFiles: { ".config/opencode/AGENTS.md": "MY\n", ".claude/CLAUDE.md": "NO\n" } },
      [
        ["home/.config/opencode/AGENTS.md", "MY"],
        ["project/AGENTS.md", "ROOT"],
      ],
    ],
    [
      "those of another agent count when there are no others",
      { files: { "CLAUDE.md": "C\n", "CONTEXT.md": "NO\n" }, homeFiles: { ".claude/CLAUDE.md": "MY\n" } },
      [
        ["home/.claude/CLAUDE.md", "MY"],
        ["project/CLAUDE.md", "C"],
      ],
    ],
    [
      "unless that is switched off",
      {
        files: { "CLAUDE.md": "NO\n", "CONTEXT.md": "X\n" },
        homeFiles: { ".claude/CLAUDE.md": "NO\n" },
        env: { OPENCODE_DISABLE_CLAUDE_CODE: "1" },
      },
      [["project/CONTEXT.md", "X"]],
    ],
    [
      "the configured ones come last, each once",
      {
        directory: "sub",
        homeFiles: { "own.md": "OWN\n", ".config/opencode/opencode.json": '{"instructions":["~/own.md"]}' },
        files: {
          ...files,
          "rules/b.md": "B\n",
          "rules/a.md": "A\n",
          "rules/c.txt": "NO\n",
          "rules/empty.md": "",
          "opencode.json": '{"instructions":["rules/*.md","AGENTS.md","nope.md","/nowhere/**/*.md"]}',
        },
      },
      [
        ["project/AGENTS.md", "ROOT"],
        ["project/sub/AGENTS.md", "SUB"],
        ["home/own.md", "OWN"],
        ["project/rules/a.md", "A"],
        ["project/rules/b.md", "B"],
      ],
    ],
  ])("%s", async (_, setup, expected) => {
    expect(await headings(setup)).toEqual(expected)
  })

  test("of the network are waited for once, and what fails is left out", async () => {
    let text = "FIRST"
    let asked = 0
    using server = Bun.serve({
      port: 0,
      fetch: ({ url }) => {
        asked++
        return url.endsWith("bad") ? new Response("no", { status: 500 }) : new Response(text)
      },
    })
    let time = 1_000_000
    const good = `${server.url}good?token=secret`
    await using it = await testProject({
      now: () => time,
      files: { "opencode.json": JSON.stringify({ instructions: [good, `${server.url}bad`] }) },
    })
    const agent = await getAgent(it.instance, "build")
    const read = async () => {
      const prompt = await systemPrompt(it.instance, { agent, model })
      return [...prompt.matchAll(/^Instructions from: .*\n(.*)$/gm)].map(([, content]) => content)
    }
    expect(await read()).toEqual(["FIRST"])
    expect(await read()).toEqual(["FIRST"])
    expect(asked).toBe(2)
    expect(it.lines.join("")).toContain("bad")
    text = "SECOND"
    time += 10 * 60_000
    expect(await read()).toEqual(["FIRST"])
    while ((await read())[0] === "FIRST") await Bun.sleep(1)
    expect(await read()).toEqual(["SECOND"])
  })
})

describe("nearbyInstructions", () => {
  test("are those between the directory and the file, the outer ones first, each once", async () => {
    await using it = await testProject({ files })
    const seen = new Set<string>()
    const at = (path: string) => join(it.project, path)
    expect(await nearbyInstructions(it.instance, at("sub/deep/er/file.ts"), seen)).toEqual([
      { path: at("sub/AGENTS.md"), content: "SUB\n" },
      { path: at("sub/deep/CLAUDE.md"), content: "DEEP-CLAUDE\n" },
      { path: at("sub/deep/er/AGENTS.md"), content: "DEEPER\n" },
    ])
    expect(await nearbyInstructions(it.instance, at("sub/deep/er/file.ts"), seen)).toEqual([])
    expect(await nearbyInstructions(it.instance, at("sub/AGENTS.md"), new Set())).toEqual([])
    expect(await nearbyInstructions(it.instance, at("AGENTS.md"), new Set())).toEqual([])
    expect(await nearbyInstructions(it.instance, "/etc/hosts", new Set())).toEqual([])
  })

  test("are left out when the system prompt has them or the checkout does not count", async () => {
    const own = { ...files, "opencode.json": '{"instructions":["sub/AGENTS.md"]}' }
    await using it = await testProject({ files: own })
    expect(await nearbyInstructions(it.instance, join(it.project, "sub/x"), new Set())).toEqual([])
    await using other = await testProject({ files, env: { OPENCODE_DISABLE_PROJECT_CONFIG: "1" } })
    expect(await nearbyInstructions(other.instance, join(other.project, "sub/x"), new Set())).toEqual([])
  })
})

import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { findSkill, listSkills, skillDirectory } from "../../src/skill/skill"
import { testProject } from "../helper/project"

const skill = (name: string, text = `${name} body\n`) => `---\nname: ${name}\ndescription: About ${name}\n---\n${text}`

describe("listSkills", () => {
  test("finds them in all places; the later of two with one name counts", async () => {
    await using it = await testProject({
      directory: "sub",
      homeFiles: {
        ".claude/skills/home/SKILL.md": skill("home"),
        ".config/opencode/skills/config/SKILL.md": skill("config"),
        ".agents/skills/twice/SKILL.md": skill("twice", "first\n"),
        "more/one/SKILL.md": skill("more"),
      },
      files: {
        ".claude/skills/group/deep/SKILL.md": skill("deep"),
        ".claude/skills/group/deep/inner/SKILL.md": skill("inner"),
        "sub/.agents/skills/a/SKILL.md": skill("agents"),
        ".opencode/skill/demo/SKILL.md": skill("twice", "second\n"),
        ".opencode/skill/bare/SKILL.md": "---\nname: bare\n---\nno description\n",
        ".opencode/skill/nameless/SKILL.md": "no front matter",
        ".opencode/skill/loose.md": skill("loose"),
        "opencode.json": '{ "skills": { "paths": ["~/more", "../nowhere"] } }',
      },
    })
    const [builtIn, ...skills] = await listSkills(it.instance)
    expect(builtIn).toMatchObject({ name: "customize-opencode", location: "<built-in>" })
    const of = (name: string, path: string, content = `${name} body\n`) => ({
      name,
      description: `About ${name}`,
      location: join(it.root, path),
      content,
    })
    expect(skills).toEqual([
      of("home", "home/.claude/skills/home/SKILL.md"),
      of("twice", "project/.opencode/skill/demo/SKILL.md", "second\n"),
      of("deep", "project/.claude/skills/group/deep/SKILL.md"),
      of("agents", "project/sub/.agents/skills/a/SKILL.md"),
      of("config", "home/.config/opencode/skills/config/SKILL.md"),
      { name: "bare", location: join(it.project, ".opencode/skill/bare/SKILL.md"), content: "no description\n" },
      of("more", "home/more/one/SKILL.md"),
    ])
    const log = it.lines.join("")
    expect(log).toContain("nameless/SKILL.md")
    expect(log).toContain("Two skills have the same name")
  })

  test("leaves out what it is told to leave out", async () => {
    await using it = await testProject({
      files: { ".claude/skills/a/SKILL.md": skill("claude"), ".agents/skills/a/SKILL.md": skill("agents") },
      env: { OPENCODE_DISABLE_CLAUDE_CODE_SKILLS: "1" },
    })
    expect((await listSkills(it.instance)).map(({ name }) => name)).toEqual(["customize-opencode", "agents"])
  })
})

test("findSkill and skillDirectory", async () => {
  await using it = await testProject({ files: { ".opencode/skill/demo/SKILL.md": skill("demo") } })
  const demo = await findSkill(it.instance, "demo")
  expect(demo && skillDirectory(demo)).toBe(join(it.project, ".opencode/skill/demo"))
  const builtIn = await findSkill(it.instance, "customize-opencode")
  expect(builtIn && skillDirectory(builtIn)).toBeUndefined()
  expect(await findSkill(it.instance, "nope")).toBeUndefined()
})

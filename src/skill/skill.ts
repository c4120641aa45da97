import { readdir } from "node:fs/promises"
import { dirname, isAbsolute, join, resolve } from "node:path"
import { errorMessage } from "../base/error"
import { configDirectories, configState } from "../config/config"
import { isOn, projectDirectories, usesProjectConfig } from "../config/directories"
import { readMarkdown } from "../config/markdown"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import type { Config } from "../schema/config"
import type { Skill } from "../schema/skill"
import builtIn from "./customize-opencode.txt" with { type: "text" }

const FILE = "SKILL.md"
const BUILT_IN = "<built-in>"

/**
 * The skills that a directory has: folders with a SKILL.md in the configuration directories (`skill/`, `skills/`), in
 * `.claude/skills` and `.agents/skills` of the project and the home directory, and in the configured paths; one comes with
 * the server. A file that cannot be read is logged and left out. Of two with one name the later counts.
 */
export const listSkills = configState(async (instance, config): Promise<Skill[]> => {
  const roots = await skillRoots(instance, config)
  const files = (await Promise.all(roots.map((root) => findFiles(root)))).flat()
  const found = await Promise.all([...new Set(files)].map((path) => readSkill(instance.app, path)))
  const skills = new Map([[builtInSkill.name, builtInSkill]])
  for (const skill of found) {
    if (!skill) continue
    const former = skills.get(skill.name)
    if (former && former !== builtInSkill)
      instance.app.log.warn("Two skills have the same name", { used: skill.location, ignored: former.location })
    skills.set(skill.name, skill)
  }
  return [...skills.values()]
})

/** The skill of that name. */
export const findSkill = async (instance: Instance, name: string): Promise<Skill | undefined> =>
  (await listSkills(instance)).find((skill) => skill.name === name)

/** The folder that a skill's text refers to; undefined for one that comes with the server. */
export const skillDirectory = (skill: Skill): string | undefined =>
  skill.location === BUILT_IN ? undefined : dirname(skill.location)

const builtInSkill: Skill = {
  name: "customize-opencode",
  description:
    "How to configure opencode itself: opencode.json, agents, slash commands, permissions, models and providers, MCP servers, instruction files, skills. Use it when the user wants to set up, change or understand the configuration.",
  location: BUILT_IN,
  content: builtIn,
}

async function skillRoots(instance: Instance, config: Config): Promise<string[]> {
  const { app, directory } = instance
  const { home } = app.paths
  const bases = [home, ...(usesProjectConfig(app) ? projectDirectories(instance) : [])]
  const hidden = [...(usesClaudeSkills(app) ? [".claude"] : []), ".agents"]
  const configured = (config.skills?.paths ?? []).map((path) =>
    path.startsWith("~/") ? join(home, path.slice(2)) : isAbsolute(path) ? path : resolve(directory, path),
  )
  return [
    ...bases.flatMap((base) => hidden.map((name) => join(base, name, "skills"))),
    ...(await configDirectories(instance)).flatMap((each) => [join(each, "skill"), join(each, "skills")]),
    ...configured,
  ]
}

const usesClaudeSkills = ({ env }: App) =>
  !isOn(env.OPENCODE_DISABLE_CLAUDE_CODE) && !isOn(env.OPENCODE_DISABLE_CLAUDE_CODE_SKILLS)

/** Walks down until a SKILL.md is found; what is below it belongs to that skill. Folders may be links, but not in a circle. */
async function findFiles(directory: string, depth = 0): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  if (entries.some((entry) => entry.name === FILE)) return [join(directory, FILE)]
  if (depth === MAX_DEPTH) return []
  const folders = entries.filter((entry) => entry.isDirectory() || (entry.isSymbolicLink() && depth === 0))
  const nested = folders
    .filter((entry) => entry.name !== "node_modules" && entry.name !== ".git")
    .map((entry) => entry.name)
    .sort()
    .map((name) => findFiles(join(directory, name), depth + 1))
  return (await Promise.all(nested)).flat()
}

const MAX_DEPTH = 6

async function readSkill(app: App, path: string): Promise<Skill | undefined> {
  try {
    const { data, content } = await readMarkdown(path)
    if (typeof data.name !== "string" || !data.name) throw new Error("its front matter has no name")
    const description = typeof data.description === "string" ? data.description : undefined
    return { name: data.name, ...(description !== undefined && { description }), location: path, content }
  } catch (error) {
    app.log.warn("A skill cannot be read", { path, reason: errorMessage(error) })
    return undefined
  }
}

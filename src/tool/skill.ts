import { readdir } from "node:fs/promises"
import { dirname, isAbsolute, join } from "node:path"
import { Type } from "@sinclair/typebox"
import { findSkill, listSkills } from "../skill/skill"
import description from "./skill.txt" with { type: "text" }
import { defineTool } from "./tool"

const MAX_FILES = 10
/** Directories that are looked into for those files. */
const MAX_DIRECTORIES = 50

export const skillTool = defineTool({
  id: "skill",
  description,
  parameters: Type.Object({ name: Type.String({ description: "Name of one of the available skills" }) }),
  async execute({ name }, { instance, ask }) {
    const skill = await findSkill(instance, name)
    if (!skill) {
      const names = (await listSkills(instance)).map((each) => each.name)
      throw new Error(`Skill "${name}" not found. Available skills: ${names.join(", ") || "none"}`)
    }
    await ask({ permission: "skill", patterns: [name], always: [name], metadata: {} })
    // A skill that is part of the program has no folder.
    const folder = isAbsolute(skill.location) ? dirname(skill.location) : undefined
    const files = folder ? await sampleFiles(folder) : []
    return {
      title: `Loaded skill: ${skill.name}`,
      output: [
        `<skill_content name="${skill.name}">`,
        `# Skill: ${skill.name}`,
        "",
        skill.content.trim(),
        ...(folder ? ["", ...aboutFolder(folder, files)] : []),
        "</skill_content>",
      ].join("\n"),
      metadata: { name: skill.name, ...(folder && { dir: folder }) },
    }
  },
})

const aboutFolder = (folder: string, files: string[]) => [
  `Folder of this skill: ${folder}`,
  "Relative paths in the text above begin there.",
  "Some of its files:",
  "",
  "<skill_files>",
  ...files.map((file) => `<file>${file}</file>`),
  "</skill_files>",
]

/** The first files below the folder, nearest first; a skill may hold a whole repository. */
async function sampleFiles(folder: string): Promise<string[]> {
  const files: string[] = []
  const directories = [folder]
  for (let at = 0; at < Math.min(directories.length, MAX_DIRECTORIES) && files.length < MAX_FILES; at++) {
    const directory = directories[at] ?? folder
    const entries = await readdir(directory, { withFileTypes: true })
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isDirectory() && entry.name !== ".git" && entry.name !== "node_modules")
        directories.push(join(directory, entry.name))
      if (entry.isFile() && entry.name !== "SKILL.md") files.push(join(directory, entry.name))
    }
  }
  return files.slice(0, MAX_FILES)
}

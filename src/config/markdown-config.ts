import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { CommandConfig, type Config } from "../schema/config"
import { AgentConfig } from "../schema/config-agent"
import { checkConfig } from "./check"
import { type MarkdownFile, readMarkdown } from "./markdown"
import { normalizeAgent } from "./normalize"

/**
 * What the Markdown files of a configuration directory say: `agent(s)/**.md`, `mode(s)/*.md` (primary agents) and
 * `command(s)/**.md`. The name is the path without its extension. Throws a `ConfigInvalidError` that names the file.
 */
export async function loadMarkdownConfig(directory: string): Promise<Config> {
  const [agents, modes, commands] = await Promise.all([
    readAll(directory, ["agent", "agents"]),
    readAll(directory, ["mode", "modes"]),
    readAll(directory, ["command", "commands"]),
  ])
  const agent = Object.fromEntries([
    ...modes.map(([name, file]) => [name, agentOf(name, file, { mode: "primary" })]),
    ...agents.map(([name, file]) => [name, agentOf(name, file)]),
  ])
  const command = Object.fromEntries(commands.map(([name, file]) => [name, commandOf(file)]))
  return {
    ...(Object.keys(agent).length > 0 && { agent }),
    ...(Object.keys(command).length > 0 && { command }),
  }
}

function agentOf(name: string, file: MarkdownFile, fixed: { mode?: "primary" } = {}): AgentConfig {
  const agent = { ...file.data, ...fixed, name, prompt: file.content.trim() }
  return normalizeAgent(checkConfig(AgentConfig, agent, file.path))
}

const commandOf = (file: MarkdownFile) =>
  checkConfig(CommandConfig, { ...file.data, template: file.content.trim() }, file.path)

/** All Markdown files below the named folders with their names, those of the outer folders first. */
async function readAll(directory: string, folders: string[]): Promise<[name: string, file: MarkdownFile][]> {
  const lists = await Promise.all(folders.map((folder) => listMarkdown(join(directory, folder))))
  const files = lists
    .flat()
    .sort((a, b) => a.depth - b.depth)
    .map(async ({ path, name }): Promise<[string, MarkdownFile]> => [name, await readMarkdown(path)])
  return Promise.all(files)
}

/**
 * The Markdown files below a folder, level by level and by name. Links are followed to files, not to folders, and of a
 * folder that is a link itself no more is read than a person would keep there: it may lead anywhere.
 */
async function listMarkdown(folder: string): Promise<{ path: string; name: string; depth: number }[]> {
  const files: { path: string; name: string; depth: number }[] = []
  let level = [""]
  for (let depth = 0; level.length > 0 && depth < MAX_DEPTH; depth++) {
    const entries = await Promise.all(level.map((name) => listFolder(join(folder, name), name)))
    for (const { entry, name } of entries.flat())
      if (name.endsWith(".md") && (entry.isFile() || entry.isSymbolicLink()))
        files.push({ path: join(folder, name), name: name.slice(0, -".md".length), depth })
    level = entries.flat().flatMap(({ entry, name }) => (entry.isDirectory() ? [name] : []))
    level.length = Math.min(level.length, MAX_FOLDERS)
  }
  return files
}

const MAX_DEPTH = 6
const MAX_FOLDERS = 200

async function listFolder(path: string, name: string) {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  return entries
    .map((entry) => ({ entry, name: name ? `${name}/${entry.name}` : entry.name }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

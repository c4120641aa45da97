import { readdir } from "node:fs/promises"
import { join, relative, sep } from "node:path"
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

/** All Markdown files below the named folders, sorted by name within each. Links are followed to files, not to directories. */
async function readAll(directory: string, folders: string[]): Promise<[name: string, file: MarkdownFile][]> {
  const lists = await Promise.all(folders.map((folder) => listMarkdown(join(directory, folder))))
  const files = lists.flatMap((paths, index) =>
    paths.map(async (path): Promise<[string, MarkdownFile]> => {
      const name = relative(join(directory, folders[index]!), path).slice(0, -".md".length)
      return [name.split(sep).join("/"), await readMarkdown(path)]
    }),
  )
  return Promise.all(files)
}

async function listMarkdown(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.name.endsWith(".md") && (entry.isFile() || entry.isSymbolicLink()))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

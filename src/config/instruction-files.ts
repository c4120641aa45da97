import { dirname, isAbsolute, join } from "node:path"
import { contains, isDirectory, realPath } from "../base/path"
import type { Instance } from "../instance/instance"
import { getConfig } from "./config"
import { isOn, projectDirectories, usesProjectConfig } from "./directories"
import { readText } from "./read-text"

/** A file that tells the model how to work in this project. */
export interface InstructionFile {
  path: string
  content: string
}

/** In the order of preference: the first name that is found anywhere in the project counts for the whole project. */
const NAMES = ["AGENTS.md", "CLAUDE.md", "CONTEXT.md"]

/**
 * The instruction files that are part of every system prompt, in their order: the user's own, those of the project from its
 * root down to the directory, then what `instructions` of the configuration names (URLs aside). Each path once.
 */
async function instructionPaths(instance: Instance): Promise<string[]> {
  const { app } = instance
  const config = await getConfig(instance)
  const own = [join(app.paths.config, "AGENTS.md")]
  if (usesClaudeFiles(instance)) own.push(join(app.paths.home, ".claude", "CLAUDE.md"))
  const first = (await existing(own))[0]
  const named = (config.instructions ?? []).filter((entry) => !isURL(entry))
  const lists = await Promise.all(named.map((entry) => findNamed(instance, entry)))
  return [...new Set([...(first ? [first] : []), ...(await projectFiles(instance)), ...lists.flat()])]
}

/** The instruction files behind `instructionPaths`; empty ones are left out. */
export async function listInstructionFiles(instance: Instance): Promise<InstructionFile[]> {
  return present(await Promise.all((await instructionPaths(instance)).map(readInstruction)))
}

/**
 * The instruction files of the folders between the instance's directory and `file` (an absolute path), the outer ones
 * first: what a model should know when it reads that file. Left out are those of the system prompt and those in `seen`,
 * to which the answered ones are added. Links that lead out of the directory are not followed.
 */
export async function nearbyInstructions(
  instance: Instance,
  file: string,
  seen: Set<string>,
): Promise<InstructionFile[]> {
  const { directory } = instance
  if (!usesProjectConfig(instance.app) || !contains(directory, file)) return []
  const folders: string[] = []
  for (let folder = dirname(file); folder !== directory && contains(directory, folder); folder = dirname(folder))
    folders.unshift(folder)
  if (folders.length === 0) return []
  const known = new Set(await instructionPaths(instance))
  const names = namesFor(instance)
  const paths = await Promise.all(
    folders.map(async (folder) => (await existing(names.map((name) => join(folder, name))))[0]),
  )
  const found: InstructionFile[] = []
  for (const path of paths) {
    if (path === undefined || path === file || known.has(path) || seen.has(path)) continue
    if (!contains(directory, await realPath(path))) continue
    // Before the file is read: calls that run side by side share the set.
    seen.add(path)
    const read = await readInstruction(path)
    if (read) found.push(read)
  }
  return found
}

/** Whether an entry of `instructions` is fetched, not read. */
export const isURL = (entry: string) => entry.startsWith("https://") || entry.startsWith("http://")

async function projectFiles(instance: Instance): Promise<string[]> {
  if (!usesProjectConfig(instance.app)) return []
  const directories = projectDirectories(instance)
  for (const name of namesFor(instance)) {
    const found = await existing(directories.map((directory) => join(directory, name)))
    if (found.length) return found
  }
  return []
}

const namesFor = (instance: Instance) =>
  usesClaudeFiles(instance) ? NAMES : NAMES.filter((name) => name !== "CLAUDE.md")

const usesClaudeFiles = ({ app: { env } }: Instance) =>
  !isOn(env.OPENCODE_DISABLE_CLAUDE_CODE) && !isOn(env.OPENCODE_DISABLE_CLAUDE_CODE_PROMPT)

/** A relative entry is looked up in the directory and in all above it, up to the root of the project. */
async function findNamed(instance: Instance, entry: string): Promise<string[]> {
  const { home } = instance.app.paths
  const absolute = entry.startsWith("~/") ? join(home, entry.slice(2)) : entry
  if (isAbsolute(absolute)) return findGlob(absolute.slice(1), "/")
  const lists = projectDirectories(instance).map((directory) => findGlob(entry, directory))
  return (await Promise.all(lists)).flat()
}

async function findGlob(pattern: string, directory: string): Promise<string[]> {
  const [start, rest] = splitPattern(pattern)
  const base = join(directory, start)
  if (rest === "") return existing([base])
  if (!(await isDirectory(base))) return []
  const found: string[] = []
  for await (const name of new Bun.Glob(rest).scan({ cwd: base, onlyFiles: true, dot: true })) {
    found.push(join(base, name))
    if (found.length === MAX_FILES) break
  }
  return found.sort()
}

const MAX_FILES = 200

/** The part of a pattern that names one place, and the part that does not: a search should not begin at the root. */
function splitPattern(pattern: string): [start: string, rest: string] {
  const parts = pattern.split("/")
  const wild = parts.findIndex((part) => /[*?[\]{}!]/.test(part))
  return wild < 0 ? [pattern, ""] : [parts.slice(0, wild).join("/"), parts.slice(wild).join("/")]
}

async function readInstruction(path: string): Promise<InstructionFile | undefined> {
  const content = await readText(path)
  return content?.trim() ? { path, content } : undefined
}

async function existing(paths: string[]): Promise<string[]> {
  const exist = await Promise.all(paths.map((path) => Bun.file(path).exists()))
  return paths.filter((_, index) => exist[index])
}

const present = (files: (InstructionFile | undefined)[]) => files.filter((file) => file !== undefined)

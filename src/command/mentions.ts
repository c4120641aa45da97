import { stat } from "node:fs/promises"
import { isAbsolute, join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import type { Instance } from "../instance/instance"
import type { AgentPartInput, FilePartInput } from "../schema/part-input"

const MENTION = /(?<=^|[\s([{"'<>,;:])@([^\s`"'<>|,;(){}[\]]+)/gm
const MAX_MENTIONS = 100

/**
 * What a text mentions with `@`: existing files and directories (relative to the directory, then to the root of the
 * checkout; absolute; `~/`), else agents of these names. Each once, in the order of the text, which stays as it is.
 */
export async function findMentions(
  instance: Instance,
  text: string,
  agents: string[],
): Promise<{ fileParts: FilePartInput[]; agentParts: AgentPartInput[] }> {
  const names = new Set([...text.matchAll(MENTION)].slice(0, MAX_MENTIONS).map(([, name]) => name!))
  const found = await Promise.all(
    [...names].map(async (name) => {
      // A full stop or the like after the name belongs to the sentence, unless there is a file of that name.
      const short = name.replace(/[.:!?]+$/, "")
      const candidates = short && short !== name ? [name, short] : [name]
      for (const candidate of candidates) {
        const part = (await filePart(instance, candidate)) ?? agentPart(candidate, agents)
        if (part) return part
      }
      return undefined
    }),
  )
  return {
    fileParts: distinct(
      found.flatMap((part) => (part?.type === "file" ? [part] : [])),
      (part) => part.url,
    ),
    agentParts: distinct(
      found.flatMap((part) => (part?.type === "agent" ? [part] : [])),
      (part) => part.name,
    ),
  }
}

async function filePart(instance: Instance, name: string): Promise<FilePartInput | undefined> {
  for (const path of candidatePaths(instance, name)) {
    const found = await stat(path).catch(() => undefined)
    if (!found || !(found.isFile() || found.isDirectory())) continue
    const mime = found.isDirectory() ? "application/x-directory" : mimeOf(path)
    return { type: "file", mime, filename: name, url: pathToFileURL(path).href }
  }
  return undefined
}

function candidatePaths({ app, directory, worktree, project }: Instance, name: string): string[] {
  if (name.startsWith("~/")) return [join(app.paths.home, name.slice(2))]
  if (isAbsolute(name)) return [name]
  // Outside of git the worktree is the root of the file system, which no name is meant to start from.
  return project.vcs === "git" ? [resolve(directory, name), resolve(worktree, name)] : [resolve(directory, name)]
}

/** What a model can look at keeps its type; all else is read as text. */
function mimeOf(path: string): string {
  const type = Bun.file(path).type
  return type.startsWith("image/") || type === "application/pdf" ? type : "text/plain"
}

const agentPart = (name: string, agents: string[]): AgentPartInput | undefined =>
  agents.includes(name) ? { type: "agent", name } : undefined

const distinct = <T>(items: T[], key: (item: T) => string): T[] =>
  [...new Map(items.toReversed().map((item) => [key(item), item])).values()].toReversed()

import { errorMessage } from "../base/error"
import { configUnusable } from "./error"
import { isPlainObject } from "./merge"
import { readText } from "./read-text"

export interface MarkdownFile {
  path: string
  /** The YAML between the `---` lines at the top; empty when there is none. */
  data: Record<string, unknown>
  /** Everything below, as it is. */
  content: string
}

const FRONT_MATTER = /^---[ \t]*\r?\n(?:([\s\S]*?)\r?\n)??---[ \t]*(?:\r?\n|$)/

/** Reads a Markdown file with front matter. Throws a `ConfigInvalidError` when it is missing or its front matter is not YAML. */
export async function readMarkdown(path: string): Promise<MarkdownFile> {
  const text = await readText(path)
  if (text === undefined) throw configUnusable(path, "does not exist")
  return parseMarkdown(text, path)
}

/** Splits a Markdown text into front matter and content. */
function parseMarkdown(text: string, path: string): MarkdownFile {
  const match = FRONT_MATTER.exec(text)
  if (!match) return { path, data: {}, content: text }
  const [whole, yaml = ""] = match
  return { path, data: parseFrontMatter(yaml, path), content: text.slice(whole.length) }
}

function parseFrontMatter(yaml: string, path: string): Record<string, unknown> {
  let data: unknown
  try {
    data = Bun.YAML.parse(yaml)
  } catch (error) {
    try {
      data = Bun.YAML.parse(quotePlainText(yaml))
    } catch {
      throw configUnusable(path, `the front matter is not valid YAML: ${errorMessage(error)}`)
    }
  }
  if (data === null || data === undefined) return {}
  if (!isPlainObject(data)) throw configUnusable(path, "the front matter must be a list of keys and values")
  return data
}

/** People write `description: Use it when: ...`. The second colon is not YAML, but what is meant is clear. */
function quotePlainText(yaml: string): string {
  return yaml
    .split(/\r?\n/)
    .map((line) => {
      const match = /^([\w-]+):[ \t]+([^'"[{|>&*!#].*)$/.exec(line)
      return match ? `${match[1]}: ${JSON.stringify(match[2]!.trim())}` : line
    })
    .join("\n")
}

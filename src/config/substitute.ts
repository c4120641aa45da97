import { dirname, isAbsolute, join, resolve } from "node:path"
import { configUnusable } from "./error"
import { readText } from "./read-text"

export interface SubstitutionContext {
  /** The file that is being read, for messages. */
  path: string
  /** What relative `{file:PATH}` start from; without it the file's own directory. */
  directory?: string
  home: string
  env: Readonly<Record<string, string | undefined>>
}

/** A place in the document where text came from elsewhere, with the text as it was written. */
export interface Substitution {
  path: (string | number)[]
  written: string
}

const REFERENCE = /\{(env|file):([^}]+)\}/g

/**
 * Replaces `{env:NAME}` (unset: empty) and `{file:PATH}` (trimmed) in all strings of a parsed document. It works on
 * strings, not on the text of the file: what is inserted can never change the structure of the document. The places are
 * answered too, so that no message needs to quote an inserted secret. Throws a `ConfigInvalidError` for a missing file.
 */
export async function substitute(
  value: unknown,
  context: SubstitutionContext,
): Promise<{ value: unknown; places: Substitution[] }> {
  const places: Substitution[] = []
  const visit = async (value: unknown, path: (string | number)[]): Promise<unknown> => {
    if (typeof value === "string") {
      const text = await fill(value, context)
      if (text !== value) places.push({ path, written: value })
      return text
    }
    if (Array.isArray(value)) return Promise.all(value.map((item, index) => visit(item, [...path, index])))
    if (typeof value !== "object" || value === null) return value
    const entries = Object.entries(value).map(async ([key, item]) => [key, await visit(item, [...path, key])] as const)
    return Object.fromEntries(await Promise.all(entries))
  }
  return { value: await visit(value, []), places }
}

async function fill(text: string, context: SubstitutionContext): Promise<string> {
  let filled = ""
  let end = 0
  for (const match of text.matchAll(REFERENCE)) {
    const [reference, kind, name] = match
    filled += text.slice(end, match.index)
    filled += kind === "env" ? variable(name!, context) : await fileText(reference, name!, context)
    end = match.index + reference.length
  }
  return filled + text.slice(end)
}

const variable = (name: string, { env }: SubstitutionContext) => (Object.hasOwn(env, name) ? (env[name] ?? "") : "")

async function fileText(reference: string, name: string, context: SubstitutionContext): Promise<string> {
  const path = name.startsWith("~/")
    ? join(context.home, name.slice(2))
    : isAbsolute(name)
      ? name
      : resolve(context.directory ?? dirname(context.path), name)
  const text = await readText(path)
  if (text === undefined)
    throw configUnusable(context.path, `bad file reference: ${JSON.stringify(reference)} ${path} does not exist`)
  return text.trim()
}

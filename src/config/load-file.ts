import { dirname } from "node:path"
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser"
import type { App } from "../instance/app"
import { Config } from "../schema/config"
import { checkConfig } from "./check"
import { configInvalid, configNotJson } from "./error"
import { isPlainObject } from "./merge"
import { normalizeConfig } from "./normalize"
import { readText } from "./read-text"
import { withAbsoluteReferences } from "./reference-paths"
import { substitute } from "./substitute"

/** What is inserted into a configuration: files by paths that may begin with `~/`, and variables. */
export type Insertions = Pick<App, "paths" | "env">

/** The configuration in a file, in today's words; undefined when there is no such file. Throws what `parseConfig` throws. */
export async function loadConfigFile(insertions: Insertions, path: string): Promise<Config | undefined> {
  const text = await readText(path)
  return text === undefined ? undefined : parseConfig(insertions, text, path)
}

/**
 * Parses one configuration text: JSON with comments and trailing commas, `{env:}` and `{file:}` (relative to `directory`,
 * else to the file) filled in, checked, without unknown keys. `path` is what messages call it. Throws `ConfigJsonError`
 * or `ConfigInvalidError`.
 */
export async function parseConfig(
  { paths: { home }, env }: Insertions,
  text: string,
  path: string,
  directory?: string,
): Promise<Config> {
  const document = parseJson(text, path)
  const context = { path, home, env, ...(directory !== undefined && { directory }) }
  const { value, places } = await substitute(document, context)
  const config = normalizeConfig(checkConfig(Config, value, path, places))
  return withAbsoluteReferences(config, directory ?? dirname(path), home)
}

/** The object that a JSON text with comments holds; an empty text is an empty object. */
export function parseJson(text: string, path: string): Record<string, unknown> {
  const errors: ParseError[] = []
  const document: unknown = parse(text, errors, { allowTrailingComma: true, allowEmptyContent: true }) ?? {}
  if (errors.length) throw configNotJson(path, errors.map((error) => placeText(text, error)).join("\n"))
  if (!isPlainObject(document)) throw configInvalid(path, [{ path: [], message: "Expected object" }])
  return document
}

/** Line and column count from 1. The line itself is not shown: it may hold a key. */
function placeText(text: string, { error, offset }: ParseError): string {
  const before = text.slice(0, offset).split("\n")
  const reason = printParseErrorCode(error).replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return `Line ${before.length}, column ${before.at(-1)!.length + 1}: ${reason.toLowerCase()}`
}

import { isAbsolute, join, resolve } from "node:path"
import type { Config } from "../schema/config"

type References = NonNullable<Config["references"]>
type Reference = References[string]

/** One configuration file whose references are relative to `directory`, with absolute ones. */
export function withAbsoluteReferences(config: Config, directory: string, home: string): Config {
  const absolute = (references: References): References =>
    Object.fromEntries(
      Object.entries(references).map(([name, entry]) => [name, withAbsolutePath(entry, directory, home)]),
    )
  const { reference, references } = config
  return {
    ...config,
    ...(reference && { reference: absolute(reference) }),
    ...(references && { references: absolute(references) }),
  }
}

function withAbsolutePath(entry: Reference, directory: string, home: string): Reference {
  if (typeof entry !== "string")
    return "path" in entry ? { ...entry, path: absolutePath(entry.path, directory, home) } : entry
  return isPath(entry) ? absolutePath(entry, directory, home) : entry
}

const absolutePath = (path: string, directory: string, home: string) =>
  path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : resolve(directory, path)

/** Other texts name a repository. */
const isPath = (text: string) => isAbsolute(text) || /^(~|\.\.?)(\/|$)/.test(text)

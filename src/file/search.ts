import { relative, sep } from "node:path"
import { type Static, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"
import { badRequest } from "../base/error"
import { contains, isDirectory } from "../base/path"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import { isInside } from "./containment"
import { type RipgrepEnd, runRipgrep } from "./ripgrep"

/** Matches that `/find` answers at most. */
const FIND_LIMIT = 10
/** Places in one line that are listed at most. */
const MAX_SUBMATCHES = 1000

/** One line with a match. Offsets are bytes: `absolute_offset` in the file, `start` and `end` in the line. */
export interface TextMatch {
  path: { text: string }
  lines: { text: string }
  line_number: number
  absolute_offset: number
  submatches: { match: { text: string }; start: number; end: number }[]
}

/** Thrown when ripgrep refuses what it was asked: mostly a pattern that is no regular expression. */
class SearchError extends Error {
  override readonly name = "SearchError"
}

export interface Search {
  pattern: string
  /** Directory or file to search, relative to `cwd`; all of `cwd` without it. */
  path?: string
  cwd: string
  /** Only files whose name or path matches this glob. */
  include?: string
  limit: number
  signal?: AbortSignal
}

/**
 * Lines of the project that match a regular expression, at most `limit` (default 10). Ignored files are left out. None in a
 * directory that does not exist or is our own. Throws a 400 when the pattern is no regular expression.
 */
export async function findText(
  instance: Instance,
  { pattern, limit = FIND_LIMIT, signal }: { pattern: string; limit?: number; signal?: AbortSignal },
): Promise<TextMatch[]> {
  if (pattern.includes("\0")) throw badRequest("A pattern cannot hold a NUL character", "Query")
  if (!(await isSearchable(instance))) return []
  try {
    const search = { pattern, cwd: instance.directory, limit, ...(signal && { signal }) }
    return (await searchText(instance.app, search)).matches
  } catch (error) {
    throw error instanceof SearchError ? badRequest(error.message, "Query") : error
  }
}

/** Searches for lines that match; stops at the limit. `truncated`: there are more. Sorted by path and line. */
export async function searchText(
  app: App,
  { pattern, path = ".", cwd, include, limit, signal }: Search,
): Promise<{ matches: TextMatch[]; truncated: boolean }> {
  const matches: TextMatch[] = []
  const args = ["--json", "--hidden", ...globs(app, cwd, include)]
  const end = await runRipgrep(
    app,
    { cwd, args: [...args, `--regexp=${pattern}`, "--", path], ...(signal && { signal }) },
    (line) => {
      const match = parseMatch(line)
      if (!match) return undefined
      // One more than wanted is read, to know whether there are more.
      if (matches.length === limit) return false
      matches.push(match)
      return undefined
    },
  )
  // Files that cannot be read are an error too, but no reason to hide what was found elsewhere.
  if (end.code === 2 && matches.length === 0) throw new SearchError(end.stderr || "ripgrep execution failed")
  return { matches: matches.toSorted(byPlace), truncated: end.stopped }
}

export interface FileListing {
  cwd: string
  /** Only files whose name or path matches. */
  glob?: string
  limit: number
  /** Milliseconds after which what was found so far is enough. */
  timeout?: number
  signal?: AbortSignal
}

/** Files below `cwd` that match a glob, relative to it and sorted; ignored ones are left out. At most `limit`. */
export async function listFiles(
  app: App,
  { cwd, glob, limit, timeout = Number.POSITIVE_INFINITY, signal }: FileListing,
): Promise<{ files: string[]; end: RipgrepEnd }> {
  const files: string[] = []
  const deadline = performance.now() + timeout
  const args = ["--files", "--null", "--hidden", ...globs(app, cwd, glob)]
  const end = await runRipgrep(
    app,
    { cwd, args: [...args, "--", "."], separator: "\0", ...(signal && { signal }) },
    (line) => {
      if (files.length === limit || performance.now() > deadline) return false
      files.push(withoutDot(line))
      return undefined
    },
  )
  return { files: files.sort(), end }
}

const Bytes = Type.Union([Type.Object({ text: Type.String() }), Type.Object({ bytes: Type.String() })])
const MatchLine = Type.Object({
  type: Type.Literal("match"),
  data: Type.Object({
    path: Bytes,
    lines: Bytes,
    line_number: Type.Number(),
    absolute_offset: Type.Number(),
    submatches: Type.Array(Type.Object({ match: Bytes, start: Type.Number(), end: Type.Number() })),
  }),
})

function parseMatch(line: string): TextMatch | undefined {
  if (!line.startsWith('{"type":"match"')) return undefined
  const value: unknown = JSON.parse(line)
  if (!Value.Check(MatchLine, value)) return undefined
  const { path, lines, line_number, absolute_offset, submatches } = value.data
  return {
    path: { text: withoutDot(textOf(path)) },
    lines: { text: textOf(lines) },
    line_number,
    absolute_offset,
    submatches: submatches
      .slice(0, MAX_SUBMATCHES)
      .map(({ match, start, end }) => ({ match: { text: textOf(match) }, start, end })),
  }
}

/** What is not UTF-8 comes as base64; its odd bytes become replacement characters. */
const textOf = (value: Static<typeof Bytes>) =>
  "text" in value ? value.text : Buffer.from(value.bytes, "base64").toString("utf8")

const withoutDot = (path: string) => (/^\.[\\/]/.test(path) ? path.slice(2) : path)

const byPlace = (a: TextMatch, b: TextMatch) =>
  a.path.text === b.path.text ? a.line_number - b.line_number : a.path.text < b.path.text ? -1 : 1

/** Whether the instance has a directory to search. Our own data is not for searching. */
export const isSearchable = async (instance: Instance): Promise<boolean> =>
  isInside(instance, instance.directory) && isDirectory(instance.directory)

/** What to search, and what never: git's own files, and our data. Of globs that contradict each other the last one counts. */
function globs({ paths }: App, cwd: string, wanted: string | undefined): string[] {
  const never = ["**/.git"]
  if (contains(cwd, paths.data) && cwd !== paths.data)
    never.push(
      `/${relative(cwd, paths.data)
        .split(sep)
        .join("/")
        .replace(/[\\*?[\]{}]/g, "\\$&")}`,
    )
  return [...(wanted ? [wanted] : []), ...never.map((each) => `!${each}`)].map((each) => `--glob=${each}`)
}

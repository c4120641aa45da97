import { randomUUID } from "node:crypto"
import { copyFile, lstat, mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import type { Instance } from "../instance/instance"
import { fieldsOf, type GitResult, textOf } from "../process/git"
import { type GitFileDiff, parseGitDiff } from "../process/git-diff"
import { git, gitOnFiles } from "./repository"

/** Untracked files above this many bytes are named but not read. */
const MAX_UNTRACKED = 2 * 1024 * 1024
const STATS = [
  "diff",
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--no-renames",
  // Of a submodule its commit counts; what is changed inside of it is its own.
  "--ignore-submodules=dirty",
  "--submodule=short",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  "--raw",
  "--numstat",
  "-z",
]

export interface Change extends GitFileDiff {
  untracked: boolean
}

export interface ChangeOptions {
  /** Whether to give the texts. */
  patch: boolean
  /** Lines of context; git's default of 3. */
  context?: number
}

/**
 * How the files of the worktree differ from `base` (a commit or tree; default HEAD), sorted by path: tracked ones, staged
 * or not, and untracked ones as added; of submodules the commit. Ignored files are left out. Throws when git fails.
 */
export async function listChanges(instance: Instance, options: ChangeOptions, base?: string): Promise<Change[]> {
  const from = base ?? (await headTree(instance))
  const untracked = await listUntracked(instance)
  const index = untracked.small.length > 0 ? await indexWith(instance, untracked.small) : undefined
  try {
    const { context = 3 } = options
    const texts = options.patch ? ["-p", `-U${context}`] : []
    const env = index && { GIT_INDEX_FILE: index }
    const result = must(await gitOnFiles(instance, [...STATS, ...texts, from, "--"], { ...(env && { env }) }))
    const small = new Set(untracked.small)
    const changes = parseGitDiff(result.stdout).map((each) => ({ ...each, untracked: small.has(each.file) }))
    return [...changes, ...untracked.large.map(unread)].sort((a, b) => (a.file < b.file ? -1 : 1))
  } finally {
    if (index) await rm(index, { force: true })
  }
}

const unread = (file: string): Change => ({
  file,
  additions: 0,
  deletions: 0,
  status: "added",
  binary: true,
  sections: [],
  untracked: true,
})

async function headTree(instance: Instance): Promise<string> {
  const head = await git(instance, ["rev-parse", "--verify", "--quiet", "HEAD^{tree}"])
  if (head.ok) return textOf(head).trim()
  // No commit yet: everything is new.
  return textOf(must(await git(instance, ["hash-object", "-t", "tree", "--stdin"]))).trim()
}

async function listUntracked(instance: Instance) {
  const listed = must(await gitOnFiles(instance, ["ls-files", "-z", "--others", "--exclude-standard"]))
  const small: string[] = []
  const large: string[] = []
  for (const file of fieldsOf(listed)) {
    // A repository of its own.
    if (file.endsWith("/")) continue
    const found = await lstat(join(instance.worktree, file)).catch(() => undefined)
    if (found) (found.size <= MAX_UNTRACKED ? small : large).push(file)
  }
  return { small, large }
}

/** A copy of the index that also promises the untracked files: so that one diff shows all. */
async function indexWith(instance: Instance, files: string[]): Promise<string> {
  const { temp } = instance.app.paths
  await mkdir(temp, { recursive: true })
  const copy = join(temp, `index-${randomUUID()}`)
  const original = textOf(must(await git(instance, ["rev-parse", "--path-format=absolute", "--git-path", "index"])))
  // There is none before the first commit.
  await copyFile(original.trimEnd(), copy).catch(() => undefined)
  const args = ["add", "--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul"]
  const options = { stdin: `${files.join("\0")}\0`, env: { GIT_INDEX_FILE: copy } }
  const added = await gitOnFiles(instance, args, options)
  if (!added.ok) {
    instance.app.log.warn("Some untracked files are not part of the diff", { reason: added.stderr.slice(0, 500) })
  }
  return copy
}

function must(result: GitResult): GitResult {
  if (!result.ok) throw new Error(`git failed with ${result.code}: ${result.stderr.trim().slice(0, 2000)}`)
  return result
}

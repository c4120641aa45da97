import { createHash } from "node:crypto"
import { copyFile, mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { createKeyedLock } from "../base/lock"
import { getConfig } from "../config/config"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import { appState, instanceState } from "../instance/state"
import { fieldsOf, type GitCall, GitMissingError, type GitResult, runGit, textOf } from "../process/git"

/** The hidden git repository that holds the snapshots of one worktree. */
export interface Shadow {
  /** Its git directory, below the data directory; shared by all instances of the worktree. */
  readonly directory: string
  /** Runs git on the worktree with the hidden repository. */
  git(args: string[], options?: Pick<GitCall, "stdin" | "maxOutput">): Promise<GitResult>
  /** One after another with everything else that uses the hidden index. */
  exclusive<T>(task: () => Promise<T>): Promise<T>
}

const PRUNE_EVERY = 24 * 3600_000
/** Longer than anybody wants to revert; objects of newer snapshots are kept. */
const PRUNE_AGE = "30.days.ago"

/**
 * Files are kept byte for byte: no line end conversion, no keyword expansion, no filters, whatever the checkout's own
 * `.gitattributes` say. This file has the highest precedence.
 */
const ATTRIBUTES = "* -text -eol -crlf -ident -filter -working-tree-encoding\n"

const shadows = instanceState(openShadow)
const locks = appState(() => createKeyedLock())
const complained = new WeakSet<App>()

/**
 * The hidden repository of the instance's worktree, made on first use. Undefined outside of git, with `snapshot: false`
 * in the configuration, or when there is no git or it does not work (which is logged).
 */
export async function findShadow(instance: Instance): Promise<Shadow | undefined> {
  if (instance.project.vcs !== "git" || instance.worktree === "/") return undefined
  if ((await getConfig(instance)).snapshot === false) return undefined
  try {
    return await shadows(instance)
  } catch (error) {
    complain(instance, error)
    return undefined
  }
}

async function openShadow(instance: Instance): Promise<Shadow> {
  const { app, worktree } = instance
  const directory = shadowDirectory(instance)
  const lock = locks(app)
  return lock(directory, async () => {
    const own = await inspect(instance)
    const env = {
      GIT_DIR: directory,
      GIT_WORK_TREE: worktree,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      // Ours alone, so its index may be written.
      GIT_OPTIONAL_LOCKS: "1",
    }
    const config: [string, string][] = own.excludesFile ? [["core.excludesFile", own.excludesFile]] : []
    const shadow: Shadow = {
      directory,
      git: (args, options) => runGit(app, { cwd: worktree, args, env, config, ...options }),
      exclusive: (task) => lock(directory, task),
    }
    if (!(await exists(join(directory, "info", "attributes")))) await createShadow(shadow, own)
    await writeFile(join(directory, "info", "exclude"), await readOrEmpty(own.exclude))
    await pruneSometimes(shadow, app.now())
    return shadow
  })
}

function shadowDirectory({ app, project, worktree }: Instance) {
  const id = /^[\w-]+$/.test(project.id) ? project.id : hash(project.id)
  return join(app.paths.data, "snapshot", id, hash(worktree))
}

const hash = (text: string) => createHash("sha1").update(text).digest("hex")

interface Checkout {
  objectFormat: string
  objects: string
  index: string
  exclude: string
  excludesFile?: string
  /** Whether git changes file contents between the worktree and its objects here. */
  converts: boolean
}

/** What the snapshots take over from the user's own repository. */
async function inspect({ app, worktree }: Instance): Promise<Checkout> {
  const paths = ["objects", "index", "info/exclude", "info/attributes"].flatMap((path) => ["--git-path", path])
  const [found, settings] = await Promise.all([
    runGit(app, {
      cwd: worktree,
      args: ["rev-parse", "--path-format=absolute", "--show-object-format", ...paths],
    }),
    runGit(app, {
      cwd: worktree,
      args: ["config", "-z", "--get-regexp", "^(core\\.(excludesfile|autocrlf|eol|attributesfile)$|filter\\.)"],
    }),
  ])
  if (!found.ok) throw new Error(`git does not read the repository: ${found.stderr.trim()}`)
  const [objectFormat = "sha1", objects = "", index = "", exclude = "", attributes = ""] = textOf(found).split("\n")
  const values = new Map(fieldsOf(settings).map((field) => splitOnce(field, "\n")))
  const excludesFile = values.get("core.excludesfile")
  values.delete("core.excludesfile")
  if (values.get("core.autocrlf") === "false") values.delete("core.autocrlf")
  return {
    objectFormat,
    objects,
    index,
    exclude,
    converts: values.size > 0 || (await readOrEmpty(attributes)).length > 0,
    ...(excludesFile && { excludesFile }),
  }
}

async function createShadow(shadow: Shadow, own: Checkout) {
  const { directory } = shadow
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await must(shadow.git(["init", "--quiet", "--template=", `--object-format=${own.objectFormat}`]))
  await mkdir(join(directory, "info"), { recursive: true })
  // What the user's repository has already need not be hashed, compressed and stored a second time.
  await writeFile(join(directory, "objects", "info", "alternates"), `${own.objects}\n`)
  if (!own.converts) await adoptIndex(shadow, own.index)
  await writeFile(join(directory, "info", "attributes"), ATTRIBUTES)
}

/**
 * Starts with a copy of the user's index: then unchanged files need not even be read. Only of a plain one: entries that
 * git does not compare with the disk, conflicts, a split index, and attributes that may convert contents make it unfit,
 * and then the first snapshot reads all files.
 */
async function adoptIndex(shadow: Shadow, index: string) {
  const copy = join(shadow.directory, "index")
  try {
    await copyFile(index, copy)
  } catch {
    return // No index yet: a repository without a commit.
  }
  const listed = await shadow.git(["ls-files", "-v", "-z"])
  const plain = (line: string) => line.startsWith("H ") && !line.endsWith(".gitattributes")
  if (!listed.ok || !fieldsOf(listed).every(plain)) await rm(copy)
}

/** Drops the objects of very old snapshots, at most once a day. */
async function pruneSometimes(shadow: Shadow, now: number) {
  const marker = join(shadow.directory, "pruned")
  const last = await stat(marker).catch(() => undefined)
  if (last && now - last.mtimeMs < PRUNE_EVERY) return
  if (last) await shadow.git(["prune", `--expire=${PRUNE_AGE}`])
  await writeFile(marker, "")
  await utimes(marker, now / 1000, now / 1000)
}

/** Writes to the log why there are no snapshots; that git is missing only once. */
export function complain({ app, worktree }: Instance, error: unknown) {
  if (error instanceof GitMissingError) {
    if (complained.has(app)) return
    complained.add(app)
  }
  app.log.warn("No snapshot could be taken or used", { worktree, error })
}

/** The result, or an error with what git said. */
export async function must(call: Promise<GitResult>): Promise<GitResult> {
  const result = await call
  if (!result.ok) throw new Error(`git failed with ${result.code}: ${result.stderr.trim().slice(0, 2000)}`)
  return result
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

const readOrEmpty = (path: string) => readFile(path, "utf8").catch(() => "")

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)]
}

import type { Instance } from "../instance/instance"
import { fieldsOf, type GitCall, type GitResult, runGit } from "../process/git"

const PROGRAMS = ["clean", "smudge", "process"]

/** Whether the instance has a git repository. */
export const inGit = (instance: Instance) => instance.project.vcs === "git" && instance.worktree !== "/"

/**
 * Runs git on the user's own repository, at the root of its worktree or in `cwd`. For calls that only look at refs and
 * objects; those that read or write files go through `gitOnFiles`.
 */
export function git(
  instance: Instance,
  args: string[],
  options: Partial<Omit<GitCall, "args">> = {},
): Promise<GitResult> {
  return runGit(instance.app, { cwd: instance.worktree, args, ...options })
}

/**
 * The same for calls that read or write files of the worktree. The programs of content filters are switched off: a
 * hostile checkout names its own. So files under a filter (large file storage) show what git has stored of them.
 */
export async function gitOnFiles(
  instance: Instance,
  args: string[],
  options: Partial<Omit<GitCall, "args" | "config">> = {},
): Promise<GitResult> {
  const { cwd = instance.worktree, env } = options
  const config = await filterOverrides(instance, cwd)
  // `core.worktree` of a hostile checkout must not lead elsewhere.
  return git(instance, args, { ...options, cwd, config, env: { GIT_WORK_TREE: cwd, ...env } })
}

async function filterOverrides(instance: Instance, cwd: string): Promise<[string, string][]> {
  const listed = await git(instance, ["config", "-z", "--name-only", "--get-regexp", "^filter\\."], { cwd })
  const names = new Set(fieldsOf(listed).map((key) => key.slice(0, key.lastIndexOf("."))))
  return [...names].flatMap((name): [string, string][] => [
    ...PROGRAMS.map((program): [string, string] => [`${name}.${program}`, ""]),
    [`${name}.required`, "false"],
  ])
}

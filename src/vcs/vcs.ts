import type { Instance } from "../instance/instance"
import { fieldsOf, textOf } from "../process/git"
import { findBranch, watchBranch } from "./branch"
import { git, inGit } from "./repository"

/** What `GET /vcs` says. Null outside of git, without a branch (detached) or without a default one. */
export interface BranchInfo {
  branch: string | null
  default_branch: string | null
}

export async function getVcs(instance: Instance): Promise<BranchInfo> {
  if (!inGit(instance)) return { branch: null, default_branch: null }
  watchBranch(instance)
  const [branch, main] = await Promise.all([findBranch(instance), findDefaultBranch(instance)])
  return { branch: branch ?? null, default_branch: main?.name ?? null }
}

export interface DefaultBranch {
  name: string
  /** Full ref: the remote's, if there is a remote. */
  ref: string
}

/** The branch that others start from: the one the remote names, else the configured first branch, else main or master. */
export async function findDefaultBranch(instance: Instance): Promise<DefaultBranch | undefined> {
  const [refs, configured] = await Promise.all([
    git(instance, ["for-each-ref", "--format=%(refname)%00%(symref)%00", "refs/remotes/*/HEAD", "refs/heads"]),
    git(instance, ["config", "--get", "init.defaultBranch"]),
  ])
  const fields = fieldsOf(refs).map((field) => field.trimStart())
  const pairs = fields.flatMap((ref, index) => (index % 2 === 0 ? [{ ref, target: fields[index + 1] ?? "" }] : []))
  const remotes = pairs.filter(({ ref, target }) => ref.startsWith("refs/remotes/") && target)
  const remote = remotes.find(({ ref }) => ref === "refs/remotes/origin/HEAD") ?? remotes[0]
  if (remote) {
    const prefix = remote.ref.slice(0, -"HEAD".length)
    return { name: remote.target.slice(prefix.length), ref: remote.target }
  }
  for (const name of [textOf(configured).trim(), "main", "master"]) {
    const ref = `refs/heads/${name}`
    if (name && pairs.some((each) => each.ref === ref)) return { name, ref }
  }
  return undefined
}

import { badRequest } from "../base/error"
import { disposeInstance, type Instance, openInstance } from "../instance/instance"
import { runGit } from "../process/git"
import type { Project } from "../schema/project"
import { inGit } from "./repository"

/**
 * Makes the instance's directory a git repository and answers its project. The instance is disposed, for it is another
 * one from then on. A directory that is in git already is left alone. Throws 400 when git refuses.
 */
export async function initGit(instance: Instance): Promise<Project> {
  if (inGit(instance)) return instance.project
  const { app, directory } = instance
  const result = await runGit(app, { cwd: directory, args: ["init", "--quiet"] })
  if (!result.ok) throw badRequest(`git could not make a repository in ${directory}: ${result.stderr.trim()}`)
  await disposeInstance(instance)
  return (await openInstance(app, directory)).project
}

import { dirname, join, resolve } from "node:path"
import { contains, isDirectory } from "../base/path"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"

/**
 * The directories whose files belong to the project, from the outermost to the instance's own. In git from the root of
 * the worktree; outside of git from the home directory, or only the directory itself: what lies above belongs to others.
 */
export function projectDirectories(instance: Instance): string[] {
  const { directory, worktree } = instance
  const home = instance.app.paths.home
  const isGit = dirname(worktree) !== worktree
  const top = isGit ? worktree : contains(home, directory) ? home : directory
  const found = [directory]
  while (found[0] !== top && contains(top, found[0]!)) found.unshift(dirname(found[0]!))
  return found
}

/** The existing directories that hold agents, commands, skills: of the user, then `.opencode` of the project, then more of the user. */
export async function findConfigDirectories(
  instance: Instance,
  withProject = usesProjectConfig(instance.app),
): Promise<string[]> {
  const { env, paths, directory } = instance.app
  const project = withProject ? projectDirectories(instance) : []
  const candidates = [
    paths.config,
    ...project.map((each) => join(each, ".opencode")),
    join(paths.home, ".opencode"),
    ...(env.OPENCODE_CONFIG_DIR ? [resolve(directory, env.OPENCODE_CONFIG_DIR)] : []),
  ]
  const exist = await Promise.all(candidates.map(isDirectory))
  return [...new Set(candidates.filter((_, index) => exist[index]))]
}

/** Whether the files of the checkout count at all. */
export const usesProjectConfig = (app: App) => !isOn(app.env.OPENCODE_DISABLE_PROJECT_CONFIG)

/** Whether a switch in the environment is on. */
export const isOn = (value: string | undefined) => value === "1" || value?.toLowerCase() === "true"

/** Where an administrator puts settings that nobody can override. */
export function managedDirectory(platform: string, env: App["env"]): string {
  if (platform === "darwin") return "/Library/Application Support/opencode"
  if (platform === "win32") return join(env.ProgramData ?? "C:\\ProgramData", "opencode")
  return "/etc/opencode"
}

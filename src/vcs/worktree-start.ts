import { errorMessage } from "../base/error"
import { publish } from "../instance/event"
import { type Instance, openInstance } from "../instance/instance"
import { childEnvironment } from "../process/child-environment"
import type { Worktree } from "../schema/worktree"

const TIMEOUT = 10 * 60_000

/**
 * Gets a new worktree ready in the background: runs the project's start command and the given one, then publishes
 * `worktree.ready`, or `worktree.failed` with what went wrong.
 */
export function startWorktree(instance: Instance, { name, branch, directory }: Worktree, command?: string): void {
  start(instance, directory, command)
    .then((own) => publish(own, "worktree.ready", { name, ...(branch && { branch }) }))
    .catch(async (error: unknown) => {
      if (instance.signal.aborted) return
      instance.app.log.error("A worktree could not be started", { directory, error })
      publish(instance, "worktree.failed", { message: errorMessage(error) })
    })
}

async function start(instance: Instance, directory: string, command: string | undefined): Promise<Instance> {
  const { app } = instance
  const project = await app.store.findProject(instance.project.id)
  const own = await openInstance(app, directory)
  for (const each of [project?.commands?.start, command]) if (each?.trim()) await runCommand(own, each)
  return own
}

/** Through a shell: the command is a line that people wrote for one. */
async function runCommand({ app, directory, signal }: Instance, line: string) {
  const shell = process.platform === "win32" ? ["cmd", "/c", line] : ["/bin/sh", "-c", line]
  const result = await app.processes.run({
    command: shell,
    cwd: directory,
    env: childEnvironment(app.env),
    signal,
    timeout: TIMEOUT,
  })
  if (result.code !== 0) {
    const reason = result.stderr.trim().slice(-2000) || (result.ended ?? `exit code ${result.code}`)
    throw new Error(`The start command failed: ${reason}`)
  }
}

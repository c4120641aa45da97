import { testInstance } from "./instance"

/** Runs a line of shell in a directory, for setting up repositories. Throws when it fails. */
export function shell(directory: string, line: string): string {
  const env = {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    GIT_AUTHOR_NAME: "Ann",
    GIT_AUTHOR_EMAIL: "ann@example.org",
    GIT_COMMITTER_NAME: "Ann",
    GIT_COMMITTER_EMAIL: "ann@example.org",
  }
  const result = Bun.spawnSync(["sh", "-ec", line], { cwd: directory, env, stdout: "pipe", stderr: "pipe" })
  if (result.exitCode !== 0) throw new Error(`${line}: ${result.stderr}`)
  return result.stdout.toString()
}

export const DEMO = {
  "README.md": "# Demo\n\nA demo project.\n",
  ".gitignore": "node_modules\n*.log\n",
  "a.txt": "alpha\nbeta\ngamma\n",
  "src/index.ts": "export const one = 1\n",
  "docs/guide.md": "# Guide\n\nSay hello.\n",
}

/** A real app and the instance of a repository with one commit on `main`; `prepare` runs before the instance is opened. */
export async function testRepository(options: { files?: Record<string, string>; prepare?: string } = {}) {
  const { files = DEMO, prepare = "" } = options
  const opened = await testInstance({ files, git: false })
  const { app, project } = opened
  shell(project, `git init -q -b main . && git add -A && git commit -q -m initial\n${prepare}`)
  const { disposeInstance, openInstance } = await import("../../src/instance/instance")
  await disposeInstance(opened.instance)
  const instance = await openInstance(app, project)
  return {
    ...opened,
    instance,
    sh: (line: string) => shell(project, line),
    /** Text of a file, null when it is not there. */
    read: async (path: string) => {
      const file = Bun.file(`${project}/${path}`)
      return (await file.exists()) ? file.text() : null
    },
  }
}

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

/** Nothing of the user's own configuration, and dates that make equal commits equal. */
export const gitEnv = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.com",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.com",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
}

/** The files of a new repository by path, made once and written out again: starting git takes longer than a whole test. */
let template: Promise<Record<string, Uint8Array>> | undefined

/** Makes `directory` a repository on `main` with one commit of README.md and `files`. */
export async function makeRepository(directory: string, files: Record<string, string> = {}): Promise<void> {
  template ??= makeTemplate()
  await writeFiles(directory, await template)
  if (Object.keys(files).length === 0) return
  await writeFiles(directory, files)
  git(directory, "add", "-A")
  git(directory, "commit", "-q", "--amend", "--no-edit")
}

/** Runs git in a directory and answers what it printed. Throws when it fails. */
export function git(directory: string, ...command: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["git", ...command], {
    cwd: directory,
    env: { ...process.env, ...gitEnv },
  })
  if (exitCode !== 0) throw new Error(`git ${command.join(" ")}: ${stderr}`)
  return `${stdout}`
}

/** Writes files, with their folders, below a directory. */
export async function writeFiles(directory: string, files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), content)
  }
}

async function makeTemplate(): Promise<Record<string, Uint8Array>> {
  const directory = await mkdtemp(join(tmpdir(), "repository-"))
  try {
    await writeFile(join(directory, "README.md"), "# Demo\n")
    git(directory, "init", "-q", "-b", "main", "--template=")
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "-m", "Begin")
    const paths = await Array.fromAsync(new Bun.Glob("**").scan({ cwd: directory, dot: true }))
    const files = paths.map(async (path) => [path, await readFile(join(directory, path))] as const)
    return Object.fromEntries(await Promise.all(files))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

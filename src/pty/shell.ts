import { readFile, stat } from "node:fs/promises"
import { basename } from "node:path"
import { getConfig } from "../config/config"
import type { Instance } from "../instance/instance"
import { findShell } from "../process/shell"

/** A shell of this machine. `acceptable`: it reads the language that agents and commands write. */
export interface Shell {
  path: string
  name: string
  acceptable: boolean
}

const SHELLS_FILE = "/etc/shells"
/** Shells that read a language of their own. */
const OTHERS = new Set(["fish", "nu", "elvish", "xonsh", "csh", "tcsh", "pwsh"])
/** Shells that know `-l`. */
const LOGIN = new Set(["sh", "bash", "rbash", "zsh", "dash", "ash", "ksh", "mksh", "fish"])

/** The shells that the system names and that are there; without such a list the user's own. */
export async function listShells(instance: Instance): Promise<Shell[]> {
  const listed = (await readFile(SHELLS_FILE, "utf8").catch(() => "")).split("\n").map((line) => line.trim())
  const paths = [...new Set(listed.filter((line) => line.startsWith("/")))]
  const found = await Promise.all(paths.map(isFile))
  const existing = paths.filter((_, index) => found[index])
  return (existing.length > 0 ? existing : [await userShell(instance)]).map((path) => {
    const name = basename(path)
    return { path, name, acceptable: !OTHERS.has(name) }
  })
}

/** The shell of a terminal nobody named a program for: the configured one, the user's own, else what there is. */
export async function userShell(instance: Instance): Promise<string> {
  const { env } = instance.app
  const { shell } = await getConfig(instance)
  for (const candidate of [shell, env.SHELL])
    if (candidate && Bun.which(candidate, { PATH: env.PATH ?? "" })) return candidate
  return findShell(env)
}

/**
 * The arguments with the one that makes a shell a login shell, which reads the user's profile. Not behind the name of a
 * script, which would take it for its own.
 */
export function withLogin(command: string, args: string[]): string[] {
  const plain = args.every((each) => each.startsWith("-")) || args.at(-2) === "-c"
  return LOGIN.has(basename(command)) && plain ? [...args, "-l"] : args
}

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  )

import { basename } from "node:path"

/** Shells that read the language that commands are written in and permissions are taken from. */
const KNOWN = new Set(["bash", "zsh", "sh", "dash", "ksh", "ash"])

/**
 * The shell that runs commands of agents and users: the configured one, the user's own, bash or sh, the first of them that is
 * there and speaks the language of sh (fish and nushell do not). Throws when there is none.
 */
export function findShell(env: Readonly<Record<string, string | undefined>>, configured?: string): string {
  for (const candidate of [configured, env.SHELL, "bash", "/bin/bash", "sh", "/bin/sh"]) {
    if (!candidate || !KNOWN.has(basename(candidate).replace(/\.exe$/i, ""))) continue
    const found = Bun.which(candidate, { PATH: env.PATH ?? "" })
    if (found) return found
  }
  throw new Error("No shell to run commands with: install bash, or name one as `shell` in the configuration")
}

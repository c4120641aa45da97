import { existsSync } from "node:fs"
import { join } from "node:path"

/** Where this program begins; inside of the compiled one there is no such file. */
const SOURCE = join(import.meta.dir, "..", "main.ts")

/**
 * The command that starts this program once more with other arguments: the compiled one, or Bun with the source. Bun reads
 * settings of the directory it is started in, so that must not be a checkout. The compiled one never fetches packages that
 * code names and nobody has installed; Bun would.
 */
export const ownProgram = (...args: string[]): string[] =>
  existsSync(SOURCE)
    ? [process.execPath, "--no-env-file", "--no-install", SOURCE, ...args]
    : [process.execPath, ...args]

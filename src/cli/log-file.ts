import { closeSync, mkdirSync, openSync, readdirSync, unlinkSync, writeSync } from "node:fs"
import { join } from "node:path"

const MAX_BYTES = 10 * 1024 * 1024
const KEPT_FILES = 10

/** Where log lines go: a file that is bounded in size and number. */
export interface LogFile {
  write(line: string): void
  close(): void
}

/**
 * Log files in `directory`, named by their start, the process and a count. After 10 MB a new one is begun; the ten newest are kept.
 * Lines are written at once, so that the last ones before a crash are there. A log that cannot be written is reported to
 * `onError` once and does not stop the server.
 */
export function openLogFile(directory: string, onError: (error: unknown) => void): LogFile {
  let file: number | undefined
  let bytes = 0
  let part = 0
  let failed = false

  const begin = () => {
    if (file !== undefined) closeSync(file)
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const started = new Date().toISOString().replaceAll(/[:.]/g, "").slice(0, -1)
    file = openSync(join(directory, `${started}-${process.pid}-${part++}.log`), "a", 0o600)
    bytes = 0
    removeOld(directory)
    return file
  }
  return {
    write(line) {
      if (failed) return
      try {
        const target = file === undefined || bytes > MAX_BYTES ? begin() : file
        bytes += writeSync(target, line)
      } catch (error) {
        failed = true
        onError(error)
      }
    },
    close() {
      failed = true
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}

/** Only files of our own names: others may keep theirs in the same directory. */
function removeOld(directory: string) {
  const own = readdirSync(directory).filter((name) => /^\d{4}-\d\d-\d\dT\d{9}-\d+-\d+\.log$/.test(name))
  for (const name of own.sort().slice(0, -KEPT_FILES)) unlinkSync(join(directory, name))
}

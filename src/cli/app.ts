import { join } from "node:path"
import { version } from "../../package.json"
import { createLog, type Level } from "../base/log"
import type { App } from "../instance/app"
import { openApp } from "../instance/open-app"
import { CommandError } from "./command-error"
import { openLogFile } from "./log-file"
import { pathsOf } from "./paths"

/** What a command line says about the log. */
export interface LogFlags {
  "print-logs"?: boolean
  "log-level"?: string
}

/** An app on the environment of this process, and the setter of its log level (configuration is read later). */
export async function openCommandApp(flags: LogFlags): Promise<{ app: App; setLevel(level: Level): void }> {
  const env = { ...process.env }
  const paths = pathsOf(env)
  const asked = flags["log-level"] ?? env.OPENCODE_LOG_LEVEL
  let level: Level = asked ? readLevel(asked) : "INFO"

  const file = openLogFile(join(paths.data, "log"), (error) =>
    process.stderr.write(`The log cannot be written: ${error}\n`),
  )
  const log = createLog(
    () => level,
    (line) => {
      file.write(line)
      if (flags["print-logs"]) process.stderr.write(line)
    },
  )
  const app = await openApp({ version, env, directory: process.cwd(), paths, log })
  return {
    app,
    setLevel(configured) {
      if (!asked) level = configured
    },
  }
}

function readLevel(text: string): Level {
  const upper = text.toUpperCase()
  if (upper === "DEBUG" || upper === "INFO" || upper === "WARN" || upper === "ERROR") return upper
  throw new CommandError(`The log level must be DEBUG, INFO, WARN or ERROR, not ${JSON.stringify(text)}`)
}

import { join } from "node:path"
import { version } from "../../package.json"
import { createLog, type Level } from "../base/log"
import type { App } from "../instance/app"
import { type Instance, openInstance } from "../instance/instance"
import { closeApp, openApp } from "../instance/open-app"
import { CommandError } from "./command-error"
import { openLogFile } from "./log-file"
import { pathsOf } from "./paths"

/** What a command line says about the log. */
export interface LogFlags {
  "print-logs"?: boolean
  "log-level"?: string
}

/** An app on the environment of this process, and the setter of its log level (configuration is read later). */
export function openCommandApp(flags: LogFlags): Promise<{ app: App; setLevel(level: Level): void }> {
  return open(flags)
}

/**
 * Does something with an app that has no sessions and does not need the database, so that it works while a server runs;
 * in the directory where the command was called.
 */
export async function withoutSessions(flags: LogFlags, action: (instance: Instance) => Promise<void>): Promise<void> {
  const { app } = await open(flags, ":memory:")
  try {
    await action(await openInstance(app, app.directory))
  } finally {
    await closeApp(app)
  }
}

async function open(flags: LogFlags, database?: string) {
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
  const app = await openApp({ version, env, directory: process.cwd(), paths, log, ...(database && { database }) })
  return {
    app,
    setLevel(configured: Level) {
      if (!asked) level = configured
    },
  }
}

function readLevel(text: string): Level {
  const upper = text.toUpperCase()
  if (upper === "DEBUG" || upper === "INFO" || upper === "WARN" || upper === "ERROR") return upper
  throw new CommandError(`The log level must be DEBUG, INFO, WARN or ERROR, not ${JSON.stringify(text)}`)
}

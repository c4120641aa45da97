import { stat } from "node:fs/promises"
import { resolve } from "node:path"
import { errorMessage, WireError } from "../base/error"
import type { App } from "../instance/app"
import { openInstance } from "../instance/instance"
import { closeApp } from "../instance/open-app"
import { importSession } from "../session/import"
import { importDatabase } from "../session/import-database"
import { openCommandApp } from "./app"
import { command, logFlags } from "./command"
import { CommandError } from "./command-error"
import type { Flags } from "./flags"
import { note, print } from "./terminal"

const flags = {
  replace: { type: "boolean", about: "replace sessions of the same id" },
  session: { type: "string", short: "s", value: "ID", multiple: true, about: "of a database, this session only" },
  ...logFlags,
} satisfies Flags

const about = `Reads sessions: one that opencode export wrote, or those of an opencode.db of the opencode program.

An exported session comes to the directory where this is called, those of a database keep theirs. Needs the data
directory for itself: end a running server first.`

const DATABASE = "SQLite format 3\0"

/** `opencode import`. */
export const importCommand = command({ about, flags, words: "FILE" }, async (values, [name = ""]) => {
  const path = resolve(name)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw new CommandError(`File not found: ${name}`)
  const isDatabase = (await Bun.file(path).slice(0, DATABASE.length).text()) === DATABASE
  if (values.session && !isDatabase) throw new CommandError("--session is for databases")
  const { app } = await openCommandApp(values)
  try {
    const options = { replace: values.replace ?? false }
    if (isDatabase) await readDatabase(app, path, { ...options, ...(values.session && { sessions: values.session }) })
    else await readFile(app, path, options)
  } finally {
    await closeApp(app)
  }
})

async function readFile(app: App, path: string, options: { replace: boolean }): Promise<void> {
  const data: unknown = await Bun.file(path)
    .json()
    .catch((error) => {
      throw new CommandError(`${path} is neither JSON nor a database: ${errorMessage(error)}`)
    })
  const instance = await openInstance(app, app.directory)
  const { id } = await importSession(instance, data, options).catch((error) => {
    const isTaken = error instanceof WireError && error.status === 409 && !options.replace
    throw isTaken ? new CommandError(`${error.message}\nTo replace it: --replace`) : error
  })
  print(id)
}

async function readDatabase(app: App, path: string, options: { replace: boolean; sessions?: string[] }): Promise<void> {
  const { imported, skipped } = await importDatabase(app, path, options)
  for (const id of imported) print(id)
  for (const { id, reason } of skipped) note(`Skipped ${id}: ${reason}`)
  if (imported.length === 0) throw new CommandError("No session was imported")
}

import { Type } from "@sinclair/typebox"
import { Session } from "../schema/session"
import { command, logFlags } from "./command"
import { connect, connectFlags } from "./connect"
import { type Flags, readCount } from "./flags"
import { oneLine, print, printTable } from "./terminal"

const flags = {
  "max-count": { type: "string", short: "n", value: "N", about: "the last N only" },
  format: { type: "string", value: "FORMAT", choices: ["table", "json"], about: "table, or json" },
  ...connectFlags,
  ...logFlags,
} satisfies Flags

/** `opencode session list`. */
export const sessionListCommand = command(
  { about: "Lists the sessions of the project, the last used first.", flags },
  async (values) => {
    const count = values["max-count"] === undefined ? undefined : readCount("max-count", values["max-count"])
    const connection = await connect(values)
    try {
      const scope = values.attach === undefined ? `&scope=project&directory=${encodeURIComponent(process.cwd())}` : ""
      const all = await connection.call(Type.Array(Session), "GET", `/session?roots=true${scope}`)
      const sessions = all.slice(0, count)
      if (values.format === "json") printJSON(sessions)
      else if (sessions.length > 0) printRows(sessions)
    } finally {
      await connection.close()
    }
  },
)

function printJSON(sessions: Session[]): void {
  const rows = sessions.map(({ id, title, time, projectID, directory }) => {
    return { id, title, updated: time.updated, created: time.created, projectId: projectID, directory }
  })
  print(JSON.stringify(rows, undefined, 2))
}

const printRows = (sessions: Session[]) =>
  printTable([
    ["Session", "Updated", "Title"],
    ...sessions.map(({ id, title, time }) => [id, dateOf(time.updated), oneLine(title, 80)]),
  ])

const dateOf = (time: number) => new Date(time).toLocaleString("sv").slice(0, "2026-01-01 12:00".length)

import { Type } from "@sinclair/typebox"
import { MessageEntry } from "../schema/message-entry"
import { Project } from "../schema/project"
import { command, logFlags } from "./command"
import { connect, connectFlags } from "./connect"
import type { Connection } from "./connection"
import { type Flags, readCount } from "./flags"
import { print, printTable } from "./terminal"
import { createUsage, type Spent, type Usage } from "./usage"

const flags = {
  days: { type: "string", value: "N", about: "of the last N days only; 0: of today" },
  tools: { type: "string", value: "N", about: "show the N most used tools only" },
  models: { type: "string", value: "N", optional: true, about: "show the models too, all or the N most expensive" },
  project: { type: "string", value: "ID", about: "of this project only; empty: that of the directory" },
  ...connectFlags,
  ...logFlags,
} satisfies Flags

const DAY = 24 * 60 * 60 * 1000
/** Sessions that are asked for at a time. */
const PAGE = 200

/** `opencode stats`. */
export const statsCommand = command(
  { about: "Sums up what sessions used: tokens, costs, tools. All projects, unless --project is given.", flags },
  async (values) => {
    const days = values.days === undefined ? undefined : readCount("days", values.days)
    const tools = values.tools === undefined ? undefined : readCount("tools", values.tools)
    const models = values.models ? readCount("models", values.models) : undefined
    const connection = await connect(values)
    try {
      const since = days === undefined ? 0 : days === 0 ? new Date().setHours(0, 0, 0, 0) : Date.now() - days * DAY
      const project = values.project === "" ? await currentProject(connection) : values.project
      const usage = await sumUp(connection, since, project)
      printOverview(usage)
      if (values.models !== undefined) printModels(usage, models)
      printTools(usage, tools)
    } finally {
      await connection.close()
    }
  },
)

const currentProject = async (connection: Connection) =>
  (await connection.call(Project, "GET", `/project/current?directory=${encodeURIComponent(process.cwd())}`)).id

const Listed = Type.Array(
  Type.Object({ id: Type.String(), projectID: Type.String(), time: Type.Object({ updated: Type.Number() }) }),
)

async function sumUp(connection: Connection, since: number, project: string | undefined): Promise<Usage> {
  const { add, usage } = createUsage(since)
  const seen = new Set<string>()
  for (let cursor = ""; ; ) {
    const path = `/experimental/session?archived=true&limit=${PAGE}&start=${since}${cursor}`
    const page = (await connection.call(Listed, "GET", path)).filter(({ id }) => !seen.has(id))
    for (const { id, projectID } of page) {
      seen.add(id)
      if (project !== undefined && projectID !== project) continue
      add(await connection.call(Type.Array(MessageEntry), "GET", `/session/${id}/message`))
    }
    const last = page.at(-1)
    if (!last) return usage()
    // Sessions may share a moment: the next page begins with those that are known.
    cursor = `&cursor=${last.time.updated + 1}`
  }
}

function printOverview({ sessions, messages, days, total }: Usage): void {
  printTable([
    ["Usage", ""],
    ["Sessions", number(sessions)],
    ["Messages", number(messages)],
    ["Days", number(days)],
    ["Input tokens", number(total.input)],
    ["Output tokens", number(total.output)],
    ["Cache read", number(total.cacheRead)],
    ["Cache write", number(total.cacheWrite)],
    ["Cost", money(total.cost)],
    ["Cost per day", money(days === 0 ? 0 : total.cost / days)],
  ])
}

function printModels({ models }: Usage, limit: number | undefined): void {
  const row = ([name, spent]: [string, Spent]) => [
    name,
    ...[spent.messages, spent.input, spent.output, spent.cacheRead, spent.cacheWrite].map(number),
    money(spent.cost),
  ]
  const sorted = [...models].sort(([, one], [, other]) => other.cost - one.cost || other.messages - one.messages)
  print("")
  printTable([
    ["Model", "Messages", "Input", "Output", "Cache read", "Cache write", "Cost"],
    ...sorted.slice(0, limit).map(row),
  ])
}

function printTools({ tools }: Usage, limit: number | undefined): void {
  const sorted = [...tools].sort(([, one], [, other]) => other - one)
  if (sorted.length === 0 || limit === 0) return
  print("")
  printTable([["Tool", "Calls"], ...sorted.slice(0, limit).map(([name, calls]) => [name, number(calls)])])
}

const number = (value: number) => value.toLocaleString("en-US")
const money = (value: number) => `$${value.toFixed(value > 0 && value < 1 ? 4 : 2)}`

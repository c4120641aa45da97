import { listConsoleOrganizations } from "../config/console"
import { withoutSessions } from "./app"
import { command, logFlags } from "./command"
import { harmless, note, printTable } from "./terminal"

const about = "Lists the organizations of all accounts; the active one is marked."

/** `opencode console orgs`. */
export const consoleOrgsCommand = command({ about, flags: logFlags }, (values) =>
  withoutSessions(values, async ({ app }) => {
    const all = await listConsoleOrganizations(app)
    if (all.length === 0) return note("There are no organizations. To log in: opencode console login")
    const rows = all.map(({ active, orgName, orgID, accountEmail, accountUrl }) =>
      [active ? "*" : "", orgName, orgID, accountEmail, accountUrl].map(harmless),
    )
    printTable([["", "Organization", "Id", "Account", "Console"], ...rows])
  }),
)

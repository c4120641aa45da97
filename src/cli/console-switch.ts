import { listConsoleOrganizations, switchOrganization } from "../config/console"
import { withoutSessions } from "./app"
import { choose } from "./ask"
import { command, logFlags } from "./command"
import { CommandError } from "./command-error"
import { harmless, note } from "./terminal"

const about = "Makes another organization of a console the active one: its configuration counts then."

/** `opencode console switch`. */
export const consoleSwitchCommand = command({ about, flags: logFlags, words: "[ORGANIZATION]" }, (values, [named]) =>
  withoutSessions(values, async ({ app }) => {
    const all = await listConsoleOrganizations(app)
    if (all.length === 0) throw new CommandError("There are no organizations. To log in: opencode console login")
    const fitting = all.filter(({ orgID, orgName }) => named === undefined || [orgID, orgName].includes(named))
    if (fitting.length === 0) throw new CommandError(`There is no organization ${JSON.stringify(named)}`)
    const options = fitting.map(({ orgName, accountEmail, active }, index) => ({
      label: harmless(`${orgName} (${accountEmail})${active ? ", active" : ""}`),
      value: String(index),
    }))
    const { accountID, orgID, orgName } = fitting[Number(await choose("Which organization?", options))]!
    await switchOrganization(app, accountID, orgID)
    note(`${harmless(orgName)} is active now; a server that runs takes it up when it is started anew.`)
  }),
)

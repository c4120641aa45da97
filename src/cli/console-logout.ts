import { readAccounts } from "../auth/console/accounts"
import { signOut } from "../config/console"
import { withoutSessions } from "./app"
import { choose } from "./ask"
import { command, logFlags } from "./command"
import { CommandError } from "./command-error"
import { harmless, note } from "./terminal"

const about = "Forgets an account of a console, and the configuration of its organization."

/** `opencode console logout`. */
export const consoleLogoutCommand = command({ about, flags: logFlags, words: "[EMAIL]" }, (values, [named]) =>
  withoutSessions(values, async ({ app }) => {
    const { accounts } = await readAccounts(app)
    if (accounts.length === 0) throw new CommandError("Nobody is logged in to a console")
    const options = accounts
      .filter(({ email }) => named === undefined || email === named)
      .map(({ id, email, url }) => ({ label: harmless(`${email} at ${url}`), value: id }))
    if (options.length === 0) throw new CommandError(`There is no account ${JSON.stringify(named)}`)
    const id = await choose("Which account?", options)
    await signOut(app, id)
    note(`Logged out ${options.find(({ value }) => value === id)?.label}.`)
  }),
)

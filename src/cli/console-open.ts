import { readAccounts } from "../auth/console/accounts"
import { openBrowser } from "../mcp/browser"
import { withoutSessions } from "./app"
import { command, logFlags } from "./command"
import { CommandError } from "./command-error"
import { harmless, print } from "./terminal"

const about = "Shows the console of the active account in the browser, and prints its address."

/** `opencode console open`. */
export const consoleOpenCommand = command({ about, flags: logFlags }, (values) =>
  withoutSessions(values, async ({ app }) => {
    const { accounts, active } = await readAccounts(app)
    const account = accounts.find(({ id }) => id === active?.accountID) ?? accounts.at(-1)
    if (!account) throw new CommandError("Nobody is logged in to a console")
    print(harmless(account.url))
    // Where there is no browser, the person opens the page elsewhere.
    await openBrowser(app, new URL(account.url)).catch(() => undefined)
  }),
)

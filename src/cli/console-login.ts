import { startConsoleLogin } from "../auth/console/login"
import { openBrowser } from "../mcp/browser"
import { withoutSessions } from "./app"
import { command, logFlags } from "./command"
import { harmless, note } from "./terminal"

const CONSOLE = "https://opencode.ai/console"

const about = `Logs in to a console, which gives the members of an organization its configuration: ${CONSOLE}, or the one at URL.`

/** `opencode console login`. */
export const consoleLoginCommand = command({ about, flags: logFlags, words: "[URL]" }, (values, [address = CONSOLE]) =>
  withoutSessions(values, async ({ app, signal }) => {
    const { url, code, result } = await startConsoleLogin(app, address, { signal })
    note(`Confirm the code ${harmless(code)} at ${harmless(url)}`)
    // Where there is no browser, the person opens the page elsewhere.
    const [{ email, organization }] = await Promise.all([result, openBrowser(app, new URL(url)).catch(() => undefined)])
    note(`Logged in as ${harmless(email)}.`)
    note(
      organization
        ? `The configuration of ${harmless(organization.name)} counts from now on; a server that runs takes it up when it is started anew.`
        : "The account belongs to no organization.",
    )
  }),
)

import { openBrowser } from "../mcp/browser"
import { startMcpLogin } from "../mcp/login"
import { getServer } from "../mcp/servers"
import { withoutSessions } from "./app"
import { command, logFlags } from "./command"
import { CommandError } from "./command-error"
import { harmless, note } from "./terminal"

const about = "Logs in to an MCP server: shows its page in the browser, and waits until you are done there."

/** `opencode mcp auth`. */
export const mcpAuthCommand = command({ about, flags: logFlags, words: "NAME" }, (values, [name = ""]) =>
  withoutSessions(values, async (instance) => {
    const { authorizationUrl: url } = await startMcpLogin(instance, name)
    const { login } = await getServer(instance, name)
    if (!url || !login) return note(`${name} is connected already.`)
    note(`Log in at ${harmless(url)}`)
    // Where there is no browser, the person opens the page elsewhere.
    await openBrowser(instance.app, new URL(url)).catch(() => undefined)
    const status = await login.done
    if (status.status !== "connected")
      throw new CommandError(`The login did not succeed: ${"error" in status ? status.error : status.status}`)
    note(`Logged in to ${name}.`)
  }),
)

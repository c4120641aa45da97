import { removeMcpLogin } from "../mcp/login"
import { withoutSessions } from "./app"
import { command, logFlags } from "./command"
import { note } from "./terminal"

const about = "Forgets the login of an MCP server."

/** `opencode mcp logout`. */
export const mcpLogoutCommand = command({ about, flags: logFlags, words: "NAME" }, (values, [name = ""]) =>
  withoutSessions(values, async (instance) => {
    await removeMcpLogin(instance, name)
    note(`The login of ${name} is removed.`)
  }),
)

import { updateGlobalConfig } from "../config/update"
import type { McpLocalConfig, McpRemoteConfig } from "../schema/config-mcp"
import { withoutSessions } from "./app"
import { command, logFlags } from "./command"
import { CommandError } from "./command-error"
import type { Flags } from "./flags"
import { note } from "./terminal"

const flags = {
  url: { type: "string", value: "URL", about: "address of a remote server" },
  header: { type: "string", value: "NAME=VALUE", multiple: true, about: "HTTP header for a remote server" },
  env: { type: "string", value: "NAME=VALUE", multiple: true, about: "environment variable for a local server" },
  ...logFlags,
} satisfies Flags

const about = `Adds an MCP server to the global configuration.

A remote one:  opencode mcp add docs --url https://example.com/mcp
A local one:   opencode mcp add files --env ROOT=/srv -- npx some-mcp-server --stdio`

/** `opencode mcp add`. */
export const mcpAddCommand = command(
  { about, flags, words: "NAME [COMMAND...]" },
  async (values, [name = "", ...program]) => {
    const { url, header, env } = values
    if ((url === undefined) === (program.length === 0))
      throw new CommandError("A server is either remote (--url) or local (a command after --)")
    if (header && url === undefined) throw new CommandError("--header is for remote servers")
    if (env && url !== undefined) throw new CommandError("--env is for local servers")
    if (url !== undefined && !/^https?:\/\//.test(url)) throw new CommandError("--url takes an http(s) address")
    const config: McpLocalConfig | McpRemoteConfig =
      url === undefined
        ? { type: "local", command: program, ...(env && { environment: pairs("env", env) }) }
        : { type: "remote", url, ...(header && { headers: pairs("header", header) }) }
    await withoutSessions(values, async ({ app }) => {
      // One of that name is replaced: what it said besides must not be mixed with this.
      await updateGlobalConfig(app, { mcp: { [name]: null } })
      await updateGlobalConfig(app, { mcp: { [name]: config } })
      note(
        `${name} is added to the configuration in ${app.paths.config}. A running server takes it up when it is restarted.`,
      )
    })
  },
)

function pairs(flag: string, texts: string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=")
      if (at < 1) throw new CommandError(`--${flag} takes NAME=VALUE`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

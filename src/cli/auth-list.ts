import { listAuth } from "../auth/auth"
import { getConfig } from "../config/config"
import { listConnections } from "../provider/connection"
import { withoutSessions } from "./app"
import { command, logFlags } from "./command"
import { note, printTable } from "./terminal"

const KINDS = { api: "key", oauth: "login", wellknown: "well-known" }

const about = "Lists the stored credentials of model providers, and those found in the environment. Never shows them."

/** `opencode auth list`. */
export const authListCommand = command({ about, flags: logFlags }, (values) =>
  withoutSessions(values, async (instance) => {
    const stored = Object.entries(await listAuth(instance.app)).map(([id, { type }]) => [id, KINDS[type], "stored"])
    const connections = await listConnections(instance, await getConfig(instance))
    const found = [...connections.values()].flatMap(({ provider: { id, env, source } }) => {
      const variable = env.find((name) => instance.app.env[name])
      return source === "env" && variable !== undefined ? [[id, "key", variable]] : []
    })
    const rows = [...stored, ...found]
    if (rows.length === 0) return note("There are no credentials. To store one: opencode auth login")
    printTable([["Provider", "Kind", "From"], ...rows])
  }),
)
